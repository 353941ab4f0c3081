/** Settings: what one import of the module was given, with the observability that it leads to. */
import type { IncomingMessage } from 'node:http';
import type { OnApplicationShutdown } from '@nestjs/common';
import {
  ConfigError,
  createObservability,
  getObservability,
  type GracefulShutdownOptions,
  type Observability,
  type ObservabilityOptions,
  type ShutDownApplication,
} from '@throughline/core';
import type { FindLevel, HealthOptions, RequestContextOptions } from '@throughline/core/adapter';
import type { MetricsOptions } from '@throughline/core/metrics';
import type { PlatformRequest } from './platform.js';

/** How the application is shut down: as `gracefulShutdown()` does it, with Nest's lifecycle hooks in the place of `hooks`. */
export interface ApplicationShutdownOptions extends Omit<
  GracefulShutdownOptions,
  'observability' | 'hooks' | 'onFirstSignal'
> {
  /** Longest wait for Nest's hooks, `onModuleDestroy` to `onApplicationShutdown`, in milliseconds. @default 10_000 */
  hooksTimeoutMs?: number;
}

export const applicationShutdownDefaults: { hooksTimeoutMs: number } = { hooksTimeoutMs: 10_000 };

/** How requests are identified and logged. */
export interface NestRequestOptions<Request = PlatformRequest> extends Omit<
  RequestContextOptions<Request>,
  'observability' | 'level'
> {
  /** As in the other adapters, but asked for Node's own request: the platform has not made its own when one arrives. */
  level?: FindLevel<IncomingMessage>;
}

/**
 * Options of `ObservabilityModule.forRoot()`. With any of those of `createObservability()` the module creates the
 * observability, and closes it when the application shuts down; with none it uses the process's own.
 */
export interface ObservabilityModuleOptions<Request = PlatformRequest> extends Omit<ObservabilityOptions, 'health'> {
  /** One that was created elsewhere, which also closes it. */
  observability?: Observability;
  /** How requests are identified and logged. The user is looked for on Express's or Fastify's own request. */
  request?: NestRequestOptions<Request>;
  /** Where health is answered, and what it checks. @default `/health` below the global prefix, if there is one */
  health?: NestHealthOptions;
  /** Where metrics are answered, whatever the global prefix; none when left out. */
  metrics?: Omit<MetricsOptions, 'observability'>;
  /** How the application goes without losing a request, on SIGTERM and SIGINT and whenever it is closed. */
  shutdown?: ApplicationShutdownOptions;
}

/** Options of `health()`, and the deadline of `createObservability()`. */
export interface NestHealthOptions extends Omit<HealthOptions, 'observability'> {
  /** Longest wait for all checks together, in milliseconds, from 1 to 60_000. @default that of the observability, 800 */
  deadlineMs?: number;
}

export class Settings implements OnApplicationShutdown {
  /** `undefined` for the process's own, whichever that is at the time of a request. */
  readonly observability: Observability | undefined;
  readonly request: NestRequestOptions<never>;
  readonly health: Omit<HealthOptions, 'observability'>;
  readonly metrics: Omit<MetricsOptions, 'observability'> | undefined;
  readonly shutdown: ApplicationShutdownOptions;
  /** The shutdown closes what was created here, after all hooks. */
  isClosedElsewhere = false;
  private readonly created: Observability | undefined;
  private isClaimed = false;

  /** @throws {ConfigError} When an option cannot be used, or the process has an observability already. */
  constructor({
    observability,
    request = {},
    health: { deadlineMs, ...health } = {},
    metrics,
    shutdown = {},
    ...others
  }: ObservabilityModuleOptions<never>) {
    const creation = { ...others, ...(deadlineMs !== undefined && { health: { deadlineMs } }) };
    const [option] = Object.entries(creation).find(([, value]) => value !== undefined) ?? [];
    if (option !== undefined && observability) throw createdTwice(option);
    this.created = option === undefined ? undefined : createObservability(creation);
    this.observability = observability ?? this.created;
    this.request = request;
    this.health = health;
    this.metrics = metrics;
    this.shutdown = shutdown;
  }

  /** `true` for the first module that asks: one that is imported bare as well shares the settings, not the work. */
  claim(): boolean {
    if (this.isClaimed) return false;
    this.isClaimed = true;
    return true;
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.isClosedElsewhere) await this.created?.close();
  }

  /** What ends with the application: what was created here; of another observability no more than a signal calls for. */
  ending(isSignalled: () => boolean): ShutDownApplication {
    const { created } = this;
    const observability = (): Observability => this.observability ?? getObservability();
    return {
      health: { drain: () => void ((created || isSignalled()) && observability().health.drain()) },
      getLogger: (name) => observability().getLogger(name),
      async close(options) {
        if (created) await created.close(options);
        else if (isSignalled()) await observability().flush(options);
      },
    };
  }
}

function createdTwice(option: string): ConfigError {
  const message = `${option} must be left out when observability is given; pass it to createObservability() instead`;
  return new ConfigError('INVALID_OPTION', message, option, 'left out when observability is given', 'both');
}
