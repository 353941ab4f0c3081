/** Health indicators in Nest: decorated methods of providers, and what @nestjs/terminus users have already. */
import { Inject, Injectable, type Provider, Scope, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type CheckOptions, createObservability, type HealthCheck } from '@throughline/core';
import { HealthIndicator, ObservabilityModule } from '@throughline/nest';
import { describe, expect, inject, it } from 'vitest';
import { frameworkOfCell } from '../contract/framework-of-cell.js';
import type { Service } from '../contract/start.js';
import { adapters, quiet, rootOf, startNest } from './service.js';

/** What a test switches. */
class Redis {
  isDown = false;
  asked: unknown[] = [];
  ping(): void {
    if (this.isDown) throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), { code: 'ECONNREFUSED' });
  }
}

function indicatorWith(options?: CheckOptions): Type<{ redis: Redis }> {
  @Injectable()
  class RedisIndicator {
    constructor(@Inject(Redis) readonly redis: Redis) {}

    @HealthIndicator('redis', options)
    async isReachable(name: string, signal: AbortSignal): Promise<void> {
      this.redis.asked.push(name, signal);
      this.redis.ping();
    }
  }
  return RedisIndicator;
}

const [[, createAdapter]] = adapters as [(typeof adapters)[number]];

/** Starts an application with these providers; the answers of its health are told as code and body. */
async function startWith(providers: Provider[], bare = false): Promise<Service> {
  return startNest({ createAdapter, providers: [Redis, ...providers] }, (observability) => [
    ObservabilityModule.forRoot({ observability }),
    ...(bare ? [ObservabilityModule] : []),
  ]);
}

async function told(service: Service, path = '/health'): Promise<unknown> {
  const { status, body } = await service.send(path);
  const { version: _, ...words } = JSON.parse(body) as Record<string, string>;
  return [status, words];
}

describe.each(adapters)(`a decorated method in Nest ${inject('major')} on %s`, (_, create) => {
  it('is asked when health is, with its name and a signal, on its own provider', async () => {
    const redis = new Redis();
    const service = await startNest({
      createAdapter: create,
      providers: [{ provide: Redis, useValue: redis }, indicatorWith({ required: false })],
    });
    expect(await told(service)).toEqual([200, { status: 'healthy', redis: 'ok' }]);
    expect(redis.asked).toEqual(['redis', expect.any(AbortSignal)]);
    redis.isDown = true;
    expect(await told(service)).toEqual([200, { status: 'degraded', redis: 'down' }]);
    expect(await told(service, '/health/live')).toEqual([200, { status: 'healthy' }]);
  });
});

describe(`decorated methods in Nest ${inject('major')}`, () => {
  it('are required unless they are told otherwise', async () => {
    const redis = Object.assign(new Redis(), { isDown: true });
    const service = await startWith([{ provide: Redis, useValue: redis }, indicatorWith()]);
    expect(await told(service)).toEqual([503, { status: 'unhealthy', redis: 'down' }]);
  });

  it('are found once, when the module is imported bare as well and the provider has a second name', async () => {
    const indicator = indicatorWith();
    const service = await startWith([indicator, { provide: 'ALIAS', useExisting: indicator }], true);
    expect(await told(service)).toEqual([200, { status: 'healthy', redis: 'ok' }]);
  });

  it('are found on what a factory made, and on a class that inherits them', async () => {
    class Special extends indicatorWith() {}
    const service = await startWith([{ provide: 'SPECIAL', useFactory: () => new Special(new Redis()) }]);
    expect(await told(service)).toEqual([200, { status: 'healthy', redis: 'ok' }]);
  });

  it('leave providers alone that are no objects, have no prototype, or have getters that throw', async () => {
    class Touchy {
      get value(): string {
        throw new Error('not yet');
      }
    }
    const odd: Provider[] = [
      { provide: 'NOTHING', useValue: null },
      { provide: 'TEXT', useValue: 'text' },
      { provide: 'BARE', useValue: Object.create(null) as object },
      Touchy,
    ];
    expect(await told(await startWith(odd))).toEqual([200, { status: 'healthy' }]);
  });

  it('hold up an application that awaits ready() before it listens, when they refuse the start', async () => {
    const redis = Object.assign(new Redis(), { isDown: true });
    const observability = createObservability({ isolated: true, exporters: [], log: { level: 'silent' } });
    const providers = [{ provide: Redis, useValue: redis }, indicatorWith({ effects: { startup: 'refuse' } })];
    const root = rootOf({ imports: [ObservabilityModule.forRoot({ observability })], providers });
    const app = await NestFactory.create(root, createAdapter(), quiet);
    await app.init();
    await expect(observability.ready({ timeoutMs: 200 })).rejects.toThrow(
      'the service does not start: within 200 ms redis is down with REFUSED',
    );
    redis.isDown = false;
    await observability.ready();
    await app.close();
  });

  it.each([
    ['one name twice', [indicatorWith(), indicatorWith()], /health\.checks\.redis must be given to one method/],
    ['a reserved name', [reserved()], /health\.checks\.status must be named otherwise/],
    ['a provider that lives for one request', [perRequest()], /lives as long as the application, got one per request/],
  ])('are refused at the start: %s', async (_what, providers, message) => {
    const failure = await startWith(providers).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringMatching(message) });
  });
});

function reserved(): Type {
  @Injectable()
  class Reserved {
    @HealthIndicator('status')
    check(): void {}
  }
  return Reserved;
}

function perRequest(): Type {
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {
    @HealthIndicator('tenant')
    check(): void {}
  }
  return PerRequest;
}

/** The part of terminus that its users' indicators stand on; 10 has the class and the error alone. */
interface Terminus {
  readonly HealthIndicator?: new () => { getStatus(key: string, isUp: boolean, data?: object): object };
  readonly HealthCheckError?: new (message: string, causes: unknown) => Error;
  readonly HealthIndicatorService?: new () => { check(key: string): { up(): object; down(data: string): object } };
}

const terminus = frameworkOfCell('@nestjs/terminus') as Terminus;
const {
  HealthIndicator: TerminusIndicator = class {} as NonNullable<Terminus['HealthIndicator']>,
  HealthCheckError = Error as NonNullable<Terminus['HealthCheckError']>,
  HealthIndicatorService = class {} as NonNullable<Terminus['HealthIndicatorService']>,
} = terminus;

/** Registers the check of an indicator, which no line of ours has touched. */
async function startWithCheck(check: HealthCheck | HealthCheck['probe']): Promise<Service> {
  return startNest({ createAdapter }, (observability) => [
    ObservabilityModule.forRoot({ observability, health: { checks: { redis: check } } }),
  ]);
}

/** Indicators as terminus users write them. */
const styles: [what: string, isKnown: boolean, make: (redis: Redis) => { isHealthy(key: string): Promise<object> }][] =
  [
    [
      'throws HealthCheckError',
      terminus.HealthIndicator !== undefined,
      (redis) =>
        new (class extends TerminusIndicator {
          async isHealthy(key: string): Promise<object> {
            const result = this.getStatus(key, !redis.isDown, { latency: 3 });
            if (!redis.isDown) return Promise.resolve(result);
            throw new HealthCheckError('Redis check failed', result);
          }
        })(),
    ],
    [
      'returns what indicator.check(key) makes',
      terminus.HealthIndicatorService !== undefined,
      (redis) => ({
        isHealthy(key) {
          const indicator = new HealthIndicatorService().check(key);
          return Promise.resolve(redis.isDown ? indicator.down('Connection is closed.') : indicator.up());
        },
      }),
    ],
  ];

describe(`an indicator of @nestjs/terminus in Nest ${inject('major')}`, () => {
  it.each(styles.filter(([, isKnown]) => isKnown))('that %s is registered as it is', async (_what, _isKnown, make) => {
    const redis = new Redis();
    const indicator = make(redis);
    const service = await startWithCheck({ probe: () => indicator.isHealthy('redis'), required: false });
    expect(await told(service)).toEqual([200, { status: 'healthy', redis: 'ok' }]);
    redis.isDown = true;
    expect(await told(service)).toEqual([200, { status: 'degraded', redis: 'down' }]);
    expect(await told(service, '/health?format=terminus')).toMatchObject([
      200,
      { error: { redis: { status: 'down' } } },
    ]);
  });

  it('can be decorated as it is, its key being the name of the check', async () => {
    const redis = Object.assign(new Redis(), { isDown: true });
    @Injectable()
    class RedisIndicator {
      @HealthIndicator('redis')
      isHealthy(key: string): object {
        return { [key]: { status: redis.isDown ? 'down' : 'up' } };
      }
    }
    const service = await startWith([RedisIndicator]);
    expect(await told(service)).toEqual([503, { status: 'unhealthy', redis: 'down' }]);
    redis.isDown = false;
    expect(await told(service)).toEqual([200, { status: 'healthy', redis: 'ok' }]);
  });
});
