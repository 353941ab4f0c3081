/** Observability module: one request context, access line and health for everything a Nest application answers. */
import { Global, Inject, Module, Optional } from '@nestjs/common';
import type {
  DynamicModule,
  FactoryProvider,
  ModuleMetadata,
  NestModule,
  OnApplicationBootstrap,
  OnModuleInit,
  Provider,
} from '@nestjs/common';
import { type AbstractHttpAdapter, ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { ConfigError, getObservability, type Observability } from '@throughline/core';
import { ApplicationShutdown } from './application-shutdown.js';
import { recordBrokenStreams } from './broken-streams.js';
import { createEntrance } from './entrance.js';
import { expressPlatform } from './express-platform.js';
import { recordFailures } from './failures.js';
import { fastifyPlatform } from './fastify-platform.js';
import { findIndicators } from './health-indicator.js';
import { type AnswerHealth, createHealthUnderPrefix } from './health-under-prefix.js';
import { aroundEnd, applicationOn, watchApplications } from './lifecycle.js';
import type { Platform, PlatformRequest } from './platform.js';
import { type ObservabilityModuleOptions, Settings } from './settings.js';

/** Token of the application's observability: `constructor(@Inject(OBSERVABILITY) observability: Observability)`. */
export const OBSERVABILITY: symbol = Symbol.for('throughline/observability');

/** Options of `ObservabilityModule.forRootAsync()`. */
export interface ObservabilityModuleAsyncOptions<Request = PlatformRequest>
  extends Pick<ModuleMetadata, 'imports'>, Pick<FactoryProvider, 'inject'> {
  /** Makes the options from what is injected. */
  useFactory: FactoryProvider<ObservabilityModuleOptions<Request>>['useFactory'];
}

/** How often the module was imported with options. */
let imported = 0;

const observabilityProvider: Provider<Observability> = {
  provide: OBSERVABILITY,
  useFactory: (settings?: Settings) => settings?.observability ?? getObservability(),
  inject: [{ token: Settings, optional: true }],
};

/**
 * Gives every request its context, its access line and the request id on its answer: also those that no controller
 * sees, such as malformed JSON, unknown paths and what guards refuse. Answers health. Global: one import is enough.
 *
 * @example
 * ```ts
 * @Module({ imports: [ObservabilityModule] })
 * export class AppModule {}
 * ```
 */
@Global()
@Module({ providers: [observabilityProvider], exports: [OBSERVABILITY] })
export class ObservabilityModule implements NestModule, OnModuleInit, OnApplicationBootstrap {
  private registerIndicators: (() => void) | undefined;
  private mount: ((adapter: AbstractHttpAdapter) => void) | undefined;
  private readonly shutdown: ApplicationShutdown | undefined;

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ApplicationConfig) config: ApplicationConfig,
    @Inject(ModulesContainer) modules: ModulesContainer,
    // Those of `forRoot()`, found here too when the module is imported bare in another place.
    @Optional() @Inject(Settings) settings: Settings = new Settings({}),
  ) {
    if (!settings.claim()) return;
    watchApplications();
    const answerHealth = createHealthUnderPrefix(settings, config);
    this.shutdown = new ApplicationShutdown(settings, () => applicationOn(host.httpAdapter));
    this.registerIndicators = () => {
      const { health } = settings.observability ?? getObservability();
      health.registerAll(findIndicators(modules));
    };
    this.mount = (adapter) => mount(adapter, settings, answerHealth);
    this.mountOnce();
  }

  /**
   * Imports the module with options.
   *
   * @throws {ConfigError} While Nest creates the application: when an option cannot be used, or when the options ask for
   * an observability and the process has one already.
   */
  static forRoot<Request = PlatformRequest>(options: ObservabilityModuleOptions<Request> = {}): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
  }

  /** Like {@link forRoot}, with options made from what is injected. */
  static forRootAsync<Request = PlatformRequest>({
    imports = [],
    inject = [],
    useFactory,
  }: ObservabilityModuleAsyncOptions<Request>): DynamicModule {
    // A token of its own, because Nest 10 takes dynamic modules that read the same for one.
    const options = `throughline/options/${++imported}`;
    const providers: Provider[] = [
      { provide: options, inject, useFactory },
      {
        provide: Settings,
        inject: [options],
        useFactory: (given: ObservabilityModuleOptions<never>) => new Settings(given),
      },
    ];
    return { module: ObservabilityModule, imports, providers, exports: [Settings] };
  }

  /** Called by Nest when the application starts: a testing module has got its HTTP adapter by then. */
  configure(): void {
    this.mountOnce();
  }

  /** Called by Nest when all providers are there. */
  onModuleInit(): void {
    this.registerIndicators?.();
  }

  /** Called by Nest before it listens. */
  onApplicationBootstrap(): void {
    const adapter = this.host.httpAdapter as AbstractHttpAdapter | null | undefined;
    if (!adapter || !this.shutdown) return;
    aroundEnd(adapter, this.shutdown);
    this.shutdown.watch(adapter);
  }

  private mountOnce(): void {
    const adapter = this.host.httpAdapter as AbstractHttpAdapter | null | undefined;
    if (!adapter) return;
    this.mount?.(adapter);
    this.mount = undefined;
  }
}

function mount(adapter: AbstractHttpAdapter, settings: Settings, answerHealth: AnswerHealth): void {
  recordFailures();
  recordBrokenStreams(adapter);
  const platform = platformOf(adapter);
  platform.open(createEntrance(settings, platform, answerHealth));
}

function platformOf(adapter: AbstractHttpAdapter): Platform {
  const type = adapter.getType();
  if (type === 'express') return expressPlatform(adapter);
  if (type === 'fastify') return fastifyPlatform(adapter);
  const expected = "one of 'express', 'fastify'";
  const message = `the HTTP adapter of the application must be ${expected}, got '${type}'`;
  throw new ConfigError('INVALID_OPTION', message, 'httpAdapter', expected, type);
}
