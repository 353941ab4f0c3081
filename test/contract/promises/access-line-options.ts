/** Options of the access line: pino-http's words, honoured on our own line and in the names of other standards. */
import type { AccessLogOptions } from '@throughline/core/adapter';
import { expect, it } from 'vitest';
import { type Cell, get } from '../cell.js';
import { repeatedKeys } from '../json-keys.js';
import { takeFromShelf } from '../out-of-stock.js';
import type { Recorded } from '../recorded.js';
import { startSink } from '../sink.js';
import { type Service, start } from '../start.js';

const routes = [
  get('/fine', () => ({ status: 201, body: 'seven' })),
  get('/fails', takeFromShelf),
  get('/answers', () => ({ status: 503, body: 'sorry' })),
];

/** What is written of a request. */
async function ask(cell: Cell, accessLog: AccessLogOptions, path: string, setup: object = {}): Promise<Recorded> {
  const service = await start(cell, { request: { accessLog }, routes, ...setup });
  await service.send({ path, headers: { 'x-request-id': 'demo-1', 'user-agent': 'contract/1.0' } });
  return service.finish();
}

function fails(): never {
  throw new Error('a mistake in an option');
}

export function promiseAccessLineOptions(cell: Cell): void {
  it('writes the line at the level of customLogLevel, and none when that is silent', async () => {
    const accessLog: AccessLogOptions = {
      customLogLevel: (_req, res, error) => (error ? 'fatal' : res.statusCode === 201 ? 'silent' : ' warn '),
    };
    expect((await ask(cell, accessLog, '/fine')).lines).toEqual([]);
    expect((await ask(cell, accessLog, '/fails')).lines).toMatchObject([{ level: 'fatal', status: 500 }]);
    expect((await ask(cell, accessLog, '/nowhere')).lines).toMatchObject([{ level: 'warn', status: 404 }]);
  });

  it('writes the line of what went well at useLevel, and any other by its outcome', async () => {
    const accessLog = { useLevel: 'debug' };
    expect((await ask(cell, accessLog, '/fine')).lines).toMatchObject([{ level: 'debug' }]);
    expect((await ask(cell, accessLog, '/fails')).lines).toMatchObject([{ level: 'error' }]);
  });

  it.each<[string, AccessLogOptions]>([
    ['autoLogging.ignore', { autoLogging: { ignore: ({ url = '' }) => url !== '/heard' } }],
    ['autoLogging off', { autoLogging: false }],
  ])('writes no line of what is left out by %s, unless it fails', async (_, accessLog) => {
    expect((await ask(cell, accessLog, '/fine')).lines).toEqual([]);
    expect((await ask(cell, accessLog, '/fails')).lines).toMatchObject([{ level: 'error', status: 500 }]);
  });

  it('has the fields of customProps, and what the application says in place of ours', async () => {
    const { lines } = await ask(
      cell,
      {
        customProps: (_req, res) => ({ tenant: 'a', sent: res.headersSent, bytes: 'many', token: 'hush' }),
        customSuccessObject: (_req, _res, fields) => ({ ...fields, client_ip: undefined, shelf: 7 }),
        customSuccessMessage: (req, res, durationMs) => `${req.method} ${res.statusCode} ${typeof durationMs}`,
      },
      '/fine',
    );
    expect(lines).toMatchObject([
      { msg: 'GET 201 number', status: 201, tenant: 'a', sent: true, bytes: 'many', shelf: 7, token: '[Redacted]' },
    ]);
    expect(lines[0]).not.toHaveProperty('client_ip');
    expect(repeatedKeys(lines[0]?.text ?? '')).toEqual([]);
  });

  it('asks customErrorObject and customErrorMessage with the error of a request that failed', async () => {
    const accessLog: AccessLogOptions = {
      customErrorObject: (_req, _res, error, fields) => ({ ...fields, reason: error.message }),
      customErrorMessage: (req, _res, error) => `${req.method} broke: ${error.message}`,
    };
    const { lines } = await ask(cell, accessLog, '/fails');
    expect(lines).toMatchObject([
      { msg: 'GET broke: no more of 7', reason: 'no more of 7', err: { type: 'OutOfStock' } },
    ]);
    const answered = await ask(cell, accessLog, '/answers');
    expect(answered.lines).toMatchObject([{ msg: 'GET broke: failed with status code 503', status: 503 }]);
    expect(answered.lines[0]).not.toHaveProperty('err');
  });

  it('has names and serializers of the application, also for a request and a response', async () => {
    const { lines } = await ask(
      cell,
      {
        customAttributeKeys: { err: 'error', responseTime: 'took', res: 'response' },
        serializers: {
          req: ({ id, method }: { id: string; method: string }) => ({ id, method }),
          res: ({ statusCode }: { statusCode: number }) => statusCode,
          user_agent: (value: string) => value.toUpperCase(),
          route: fails,
        },
      },
      '/fails',
    );
    expect(lines).toMatchObject([
      {
        req: { id: 'demo-1', method: 'GET' },
        response: 500,
        took: expect.any(Number),
        error: { type: 'OutOfStock', message: 'no more of 7' },
        user_agent: 'CONTRACT/1.0',
        route: '[Unreadable]',
      },
    ]);
    for (const name of ['duration_ms', 'err', 'res']) expect(lines[0]).not.toHaveProperty(name);
  });

  it('writes the line without what a function of the application failed to give, and says so once', async () => {
    const accessLog: AccessLogOptions = {
      autoLogging: { ignore: fails },
      customLogLevel: fails,
      customProps: fails,
      customReceivedMessage: fails,
      customSuccessMessage: fails,
      customSuccessObject: fails,
    };
    const service = await start(cell, { request: { accessLog }, routes });
    for (const path of ['/fine', '/fine']) expect(await service.send(path)).toMatchObject({ status: 201 });
    const { access, lines } = await service.finish();
    expect(access).toMatchObject([
      { level: 'info', status: 201 },
      { level: 'info', status: 201 },
    ]);
    expect(lines.filter(({ logger }) => logger === 'throughline')).toHaveLength(6);
  });

  it.each<AccessLogOptions['format']>(['throughline', 'pino-http'])(
    'answers and writes the line when fields of the application cannot be read, in the format %j',
    async (format = 'throughline') => {
      const unreadable = {
        get tenant(): string {
          return fails();
        },
      };
      const accessLog: AccessLogOptions = {
        format,
        customProps: unreadable,
        customReceivedObject: () => unreadable,
        customSuccessObject: () => unreadable,
      };
      const service = await start(cell, { request: { accessLog }, routes });
      expect(await service.send('/fine')).toMatchObject({ status: 201 });
      expect((await service.finish()).access).toHaveLength(1);
    },
  );

  it.each<AccessLogOptions['format']>(['throughline', 'pino-http', 'ecs', 'otel'])(
    'writes no secret and no key twice in the format %j',
    async (format = 'throughline') => {
      const service = await start(cell, {
        request: { accessLog: { format, customReceivedMessage: () => 'arrived' } },
        routes: [
          get('/', ({ res }) => {
            res.setHeader('set-cookie', 'session=hush');
            throw Object.assign(new Error('no van'), { config: { headers: { Authorization: 'Bearer hush' } } });
          }),
        ],
      });
      const headers = { authorization: 'Bearer hush', cookie: 'session=hush', 'x-api-key': 'hush' };
      await service.send({ path: '/?access_token=hush', headers });
      const { lines } = await service.finish();
      expect(lines).toHaveLength(2);
      for (const { text } of lines) {
        expect(text).not.toContain('hush');
        expect(repeatedKeys(text)).toEqual([]);
      }
    },
  );

  it.each<[string, AccessLogOptions]>([
    ['at error', { format: 'throughline' }],
    ['at info', { customLogLevel: () => 'info' }],
    ['without a line', { customLogLevel: () => 'silent' }],
    ["in the format 'pino-http'", { format: 'pino-http' }],
    ["in the format 'ecs'", { format: 'ecs' }],
    ["in the format 'otel'", { format: 'otel' }],
  ])('exports each failure once, %s', async (_, accessLog) => {
    const sink = await startSink();
    const service: Service = await start(cell, { exporters: [sink.exporter], request: { accessLog }, routes });
    for (const path of ['/fails', '/answers']) await service.send(path);
    await service.finish();
    await service.observability.flush({ timeoutMs: 5000 });
    const exported = sink.records.map((record) => JSON.stringify(record));
    expect(exported).toHaveLength(2);
    expect(exported[0]).toContain('takeFromShelf');
    expect(exported[1]).toContain('request errored');
  });

  it.each<[string, AccessLogOptions]>([
    ["in the format 'pino-http'", { format: 'pino-http' }],
    ["in the format 'ecs'", { format: 'ecs' }],
    ['when customLogLevel gives others', { customLogLevel: () => 'info' }],
  ])('logs probes at debug unless they fail, %s', async (_, accessLog) => {
    const service = await start(cell, { request: { accessLog } });
    await service.send('/health/live');
    const { lines } = await service.finish();
    expect(lines.map((line) => line['log.level'] ?? line.level)).toEqual(['debug']);
  });
}
