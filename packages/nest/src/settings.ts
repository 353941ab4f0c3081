/** Settings: what one import of the module was given, with the observability that it leads to. */
import type { IncomingMessage } from 'node:http';
import type { OnApplicationShutdown } from '@nestjs/common';
import { ConfigError, createObservability, type Observability, type ObservabilityOptions } from '@throughline/core';
import type { FindLevel, HealthOptions, RequestContextOptions } from '@throughline/core/adapter';
import type { PlatformRequest } from './platform.js';

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
  health?: Omit<HealthOptions, 'observability'>;
}

export class Settings implements OnApplicationShutdown {
  /** `undefined` for the process's own, whichever that is at the time of a request. */
  readonly observability: Observability | undefined;
  readonly request: NestRequestOptions<never>;
  readonly health: Omit<HealthOptions, 'observability'>;
  private readonly created: Observability | undefined;
  private isClaimed = false;

  /** @throws {ConfigError} When an option cannot be used, or the process has an observability already. */
  constructor({ observability, request = {}, health = {}, ...creation }: ObservabilityModuleOptions<never>) {
    const [option] = Object.entries(creation).find(([, value]) => value !== undefined) ?? [];
    if (option !== undefined && observability) throw createdTwice(option);
    this.created = option === undefined ? undefined : createObservability(creation);
    this.observability = observability ?? this.created;
    this.request = request;
    this.health = health;
  }

  /** `true` for the first module that asks: one that is imported bare as well shares the settings, not the work. */
  claim(): boolean {
    if (this.isClaimed) return false;
    this.isClaimed = true;
    return true;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.created?.close();
  }
}

function createdTwice(option: string): ConfigError {
  const message = `${option} must be left out when observability is given; pass it to createObservability() instead`;
  return new ConfigError('INVALID_OPTION', message, option, 'left out when observability is given', 'both');
}
