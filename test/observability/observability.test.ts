import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Core from '@throughline/core';
import type { ConfigError, ObservabilityOptions, ServiceInfo } from '@throughline/core';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

let createObservability: typeof Core.createObservability;
let getLogger: typeof Core.getLogger;
let getObservability: typeof Core.getObservability;

/** As in a process that has just started. */
beforeEach(async () => {
  vi.resetModules();
  Reflect.deleteProperty(globalThis, Symbol.for('throughline/v1'));
  ({ createObservability, getLogger, getObservability } = await import('@throughline/core'));
});

afterEach(async () => {
  await getObservability().close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('the process’s own observability', () => {
  it('is the first one created; a second one is refused with a sentence that helps', () => {
    const first = createObservability({ exporters: [] });
    expect(getObservability()).toBe(first);
    expect(() => createObservability()).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        code: 'ALREADY_CREATED',
        message: expect.stringContaining('isolated: true'),
      }),
    );
    expect(() => createObservability({ isolated: true })).not.toThrow();
  });

  it('can be made anew once the first is closed', async () => {
    await createObservability().close();
    expect(() => createObservability()).not.toThrow();
  });

  it('takes on the deadline of health with the options that come later, unless they are refused', async () => {
    const { health } = getObservability();
    const slow = { timeoutMs: 1_500, probe: () => {} };
    const register = (): void => health.register('slow', slow);
    expect(register).toThrow(expect.objectContaining({ option: 'health.checks.slow.timeoutMs' }));
    const checks = { status: () => {} };
    expect(() => createObservability({ health: { deadlineMs: 2_000, checks } })).toThrow('reserved');
    expect(register).toThrow(expect.objectContaining({ option: 'health.checks.slow.timeoutMs' }));
    createObservability({ exporters: [], health: { deadlineMs: 2_000, checks: { slow } } });
    expect(await health.check()).toMatchObject({ status: 'healthy', checks: [{ name: 'slow', status: 'ok' }] });
  });

  it.each([[0], [60_001], ['2s']])('refuses %j as the deadline of health', (deadlineMs) => {
    expect(() => createObservability({ health: { deadlineMs: deadlineMs as number } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', option: 'health.deadlineMs' }),
    );
  });

  it('has out at flush what was logged before it was created', async () => {
    const server = createServer((request) => void request.resume()).listen(0, '127.0.0.1');
    const arrival = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    await once(server, 'listening');
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    getLogger('early').error('too early');
    const observability = createObservability({ exporters: [] });
    const [, response] = await arrival;
    let isOut: boolean | undefined;
    const flushed = observability.flush().then((out) => (isOut = out));
    const closed = observability.close();
    await new Promise(setImmediate);
    expect(isOut).toBeUndefined();
    response.end();
    await Promise.all([flushed, closed]);
    expect(isOut).toBe(true);
    server.close();
  });

  it('goes on writing where it wrote when it is closed, until another is created', async () => {
    const texts: string[] = [];
    const log = { destination: { write: (line: string) => void texts.push(line) } };
    const closed = createObservability({ exporters: [], log });
    await closed.close();
    getLogger('http').info('last request');
    expect(getObservability()).toBe(closed);
    expect(texts).toHaveLength(1);
    expect(createObservability({ exporters: [] })).not.toBe(closed);
  });

  it('is out of traffic when it is closed, and an application that is built again needs another', async () => {
    const checks = { db: () => 'fine' };
    await createObservability({ exporters: [], log: { level: 'silent' }, health: { checks } }).close();
    expect(await getObservability().health.check()).toMatchObject({ httpStatus: 503, status: 'draining' });
    expect(await getObservability().health.check('live')).toMatchObject({ httpStatus: 200 });
    createObservability({ exporters: [], log: { level: 'silent' }, health: { checks } });
    expect(await getObservability().health.check()).toMatchObject({ httpStatus: 200, status: 'healthy' });
  });

  it('is as it was after one that could not be created', () => {
    vi.stubEnv('LOG_LEVEL', 'silent');
    getLogger('orders');
    const checks = { db: () => Promise.resolve() };
    const broken = { db: () => Promise.resolve(), status: () => Promise.resolve() };
    const log = { level: 'info' };
    expect(() => createObservability({ exporters: [], log, health: { checks: broken } })).toThrow('health.checks');
    expect(() => createObservability({ exporters: [], log: { level: 'loud' }, health: { checks } })).toThrow('level');
    expect(getLogger('orders').level).toBe('silent');
    expect(() => createObservability({ exporters: [], health: { checks } })).not.toThrow();
  });

  it('is made from the environment by its first use', () => {
    vi.stubEnv('OTEL_SERVICE_NAME', 'inventory');
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'service.version=2.1.0,deployment.environment.name=staging%20eu');
    vi.stubEnv('LOG_LEVEL', 'silent');
    expect(getObservability().service).toEqual({ name: 'inventory', version: '2.1.0', environment: 'staging eu' });
  });

  it('is named after the application’s package.json, not after the one that a build or a test runner has', () => {
    vi.stubEnv('OTEL_SERVICE_NAME', '');
    vi.stubEnv('LOG_LEVEL', 'silent');
    const folder = mkdtempSync(join(tmpdir(), 'service-name-'));
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'package.json'), '{ "name": "shop", "version": "1.4.0" }');
    writeFileSync(join(folder, 'dist/package.json'), '{ "type": "commonjs" }');
    vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', join(folder, 'dist/main.js')]);
    expect(createObservability({ isolated: true }).service).toMatchObject({ name: 'shop', version: '1.4.0' });
    vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', join(folder, 'node_modules/.bin/jest')]);
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    expect(createObservability({ isolated: true }).service).toMatchObject({ name: 'shop' });
    rmSync(folder, { recursive: true });
  });

  it('takes on its options although loggers were handed out before: modules take theirs while they are imported', () => {
    vi.stubEnv('LOG_LEVEL', 'silent');
    const log = getLogger('orders');
    const checks = getObservability().health;
    const texts: string[] = [];
    const created = createObservability({
      service: { name: 'shop', version: '1.4.0' },
      log: { level: 'info', destination: { write: (line: string) => void texts.push(line) } },
    });
    log.info('placed');
    expect(JSON.parse(texts[0] ?? '')).toMatchObject({
      service: 'shop',
      version: '1.4.0',
      logger: 'orders',
      msg: 'placed',
    });
    expect(created.health).toBe(checks);
  });

  it('reads levels from LOG_LEVEL and LOG_LEVELS, and says which part it cannot use', () => {
    vi.stubEnv('LOG_LEVEL', 'warn');
    vi.stubEnv('LOG_LEVELS', 'orders=debug,sql=loud,=info');
    const texts: string[] = [];
    const { logger } = createObservability({
      log: { destination: { write: (line: string) => void texts.push(line) } },
    });
    expect([logger.level, getLogger('orders').level, getLogger('sql').level]).toEqual(['warn', 'debug', 'warn']);
    expect(texts.join()).toContain('sql=loud');
    expect(texts.join()).toContain('=info');
  });

  it('says its state as plain data', () => {
    createObservability({ service: { name: 'shop' }, exporters: [] });
    expect(getObservability().status()).toMatchObject({ service: { name: 'shop' }, exporters: [] });
  });
});

describe('an option that cannot be used', () => {
  it.each<[string, ObservabilityOptions, string]>([
    ['a level that is none', { log: { level: 'loud' } }, 'log.level'],
    ['a level of a module that is none', { log: { levels: { sql: 'loud' } } }, 'log.levels.sql'],
    ['a destination that is a path', { log: { destination: 'app.log' as never } }, 'log.destination'],
    ['a user field that is no list', { log: { userFields: 'plan' as never } }, 'log.userFields'],
    ['a key to redact that is no list', { redact: { keys: 'iban' as never } }, 'redact.keys'],
    ['keys to leave alone that are no texts', { redact: { allow: [5 as never] } }, 'redact.allow'],
    ['a service that is a name', { service: 'shop' as never }, 'service'],
    ['a version that is a number', { service: { version: 1 as never } }, 'service.version'],
    ['log options that are a level', { log: 'info' as never }, 'log'],
    ['an exporter that is no list', { exporters: {} as never }, 'exporters'],
    ['a listener that is no function', { onProblem: 'log' as never }, 'onProblem'],
    ['a check named like a key of the answer', { health: { checks: { status: async () => {} } } }, 'status'],
  ])('is refused at creation: %s', (_, options, path) => {
    const thrown = catchError(() => createObservability({ isolated: true, ...options }));
    expect(thrown.name).toBe('ConfigError');
    expect(thrown).toMatchObject({ code: 'INVALID_OPTION', option: expect.stringContaining(path) });
    expect(thrown.message).toMatch(/must be|got/);
  });

  it.each<[option: string, options: unknown]>([
    ['service', { service: 'shop' }],
    ['service.name', { service: { name: 42 } }],
    ['service.version', { service: { version: 1.4 } }],
    ['log', { log: 'debug' }],
    ['log.userFields', { log: { userFields: 'tenant' } }],
    ['log.destination', { log: { destination: 'stdout' } }],
    ['redact', { redact: ['iban'] }],
    ['redact.keys', { redact: { keys: 'iban' } }],
    ['redact.allow', { redact: { allow: [/token/] } }],
    ['exporters', { exporters: openobserveExporter }],
    ['exporters[0]', { exporters: [openobserveExporter] }],
    ['health', { health: () => {} }],
    ['spool', { spool: '/var/spool/shop', exporters: [] }],
    ['spool.directory', { spool: { directory: 'spool' }, exporters: [] }],
    ['spool.maxBytes', { spool: { directory: '/var/spool/shop', maxBytes: 1 }, exporters: [] }],
    ['onProblem', { onProblem: 'warn' }],
  ])('is refused at creation when it is of the wrong kind: %s', (option, options) => {
    const thrown = catchError(() => createObservability({ isolated: true, ...(options as ObservabilityOptions) }));
    expect(thrown.name).toBe('ConfigError');
    expect(thrown).toMatchObject({ code: 'INVALID_OPTION', option });
  });

  it('counts as not given when it is undefined', () => {
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'service.version=2.1.0');
    const service = { name: 'shop', version: undefined } as unknown as Partial<ServiceInfo>;
    expect(createObservability({ isolated: true, service }).service.version).toBe('2.1.0');
  });
});

function catchError(work: () => unknown): ConfigError {
  try {
    work();
  } catch (error) {
    return error as ConfigError;
  }
  throw new Error('nothing was thrown');
}
