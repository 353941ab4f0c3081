/** Nest's own logger writes lines like ours: every argument kept, with the context of the request, without secrets. */
import 'reflect-metadata';
import {
  BadRequestException,
  Controller,
  Get,
  Injectable,
  Logger,
  type LoggerService,
  type OnModuleInit,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createObservability, getRequestId, runWithContext } from '@throughline/core';
import { createNestLogger, type NestRequestOptions, ObservabilityModule } from '@throughline/nest';
import { afterEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { Recorder, type Line } from '../contract/recorded.js';
import { startSink } from '../contract/sink.js';
import { type Options, type Service, start } from '../contract/start.js';
import { adapters, listening, rootOf } from './service.js';

afterEach(() => Logger.overrideLogger(['verbose', 'debug', 'log', 'warn', 'error', 'fatal']));

interface Recording {
  readonly logger: LoggerService;
  readonly lines: () => readonly Line[];
}

function recording(): Recording {
  const recorder = new Recorder();
  const observability = createObservability({
    isolated: true,
    exporters: [],
    log: { level: 'trace', destination: recorder },
  });
  return { logger: createNestLogger({ observability }), lines: () => recorder.recorded().lines };
}

/** The line that a call to `new Logger('Orders')` writes. */
function lineOf(call: (logger: Logger) => void): Line | undefined {
  const { logger, lines } = recording();
  Logger.overrideLogger(logger);
  call(new Logger('Orders'));
  return lines()[0];
}

const error = Object.assign(new TypeError('no stock'), { code: 'E_STOCK' });
const err = { type: 'TypeError', message: 'no stock', stack: expect.stringContaining('logger.test') };
const stack = error.stack ?? '';

class Order {
  id = 7;
}

const unreadable = {
  id: 7,
  get boom(): never {
    throw new Error('not yet');
  },
};

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const forms: [what: string, call: (logger: Logger) => void, line: object][] = [
  ['a text', (logger) => logger.log('placed'), { level: 'info', msg: 'placed' }],
  ['an object', (logger) => logger.log({ id: 7 }), { level: 'info', id: 7 }],
  ['an instance', (logger) => logger.log(new Order()), { id: 7 }],
  ['a text and an object', (logger) => logger.warn('late', { id: 7 }), { level: 'warn', msg: 'late', id: 7 }],
  ['an object and a text', (logger) => logger.warn({ id: 7 }, 'late'), { msg: 'late', id: 7 }],
  ['two objects', (logger) => logger.log('a', { id: 7 }, { n: 1 }), { msg: 'a', id: 7, n: 1 }],
  ['two objects of one key', (logger) => logger.log('a', { id: 7 }, { id: 8 }), { id: 7, values: [{ id: 8 }] }],
  ['several texts', (logger) => logger.log('a', 'b', 3, true, null), { msg: 'a b 3 true null' }],
  ['a text with a placeholder', (logger) => logger.log('100 %s', 'sure'), { msg: '100 %s sure' }],
  ['a list', (logger) => logger.log('ids', [7, 8]), { msg: 'ids', values: [[7, 8]] }],
  ['undefined', (logger) => logger.log(undefined), { msg: 'undefined' }],
  ['a function', (logger) => logger.log(() => 'made late'), { msg: 'made late' }],
  ['a class', (logger) => logger.log(Order), { msg: 'Order' }],
  ['an error', (logger) => logger.error(error), { level: 'error', msg: 'no stock', err: { ...err, code: 'E_STOCK' } }],
  ['a text and an error', (logger) => logger.error('failed', error), { msg: 'failed', err }],
  ['an error and a text', (logger) => logger.error(error, 'failed'), { msg: 'failed', err }],
  [
    'an error among others',
    (logger) => logger.warn('failed', { id: 7 }, error, 'twice'),
    { msg: 'failed twice', id: 7, err },
  ],
  ['an error under err', (logger) => logger.error({ err: error, id: 7 }, 'failed'), { msg: 'failed', id: 7, err }],
  ['two errors', (logger) => logger.error(error, new Error('other')), { err, values: [{ message: 'other' }] }],
  ['an error and its stack', (logger) => logger.error(error, stack), { msg: 'no stock', err: { code: 'E_STOCK' } }],
  ['a text and a stack', (logger) => logger.error('failed', stack), { msg: 'failed', err }],
  ['a text that is no stack', (logger) => logger.error('failed', 'at noon'), { msg: 'failed at noon' }],
  [
    'an object whose getter throws',
    (logger) => logger.log('a', unreadable),
    { msg: 'a', values: [{ id: 7, boom: '[Unreadable]' }] },
  ],
  ['a proxy that is revoked', (logger) => logger.log('a', revoked()), { msg: 'a', values: ['[Unreadable]'] }],
  ['debug', (logger) => logger.debug('a'), { level: 'debug' }],
  ['verbose', (logger) => logger.verbose('a'), { level: 'trace' }],
  ['fatal', (logger) => logger.fatal('a', error), { level: 'fatal', msg: 'a', err }],
];

describe(`the logger of Nest ${inject('major')}`, () => {
  it.each(forms)('keeps %s, and the context', (_, call, line) => {
    expect(lineOf(call)).toMatchObject({ ...line, logger: 'Orders' });
  });

  it('takes the last text for the context when there is no other, and a stack behind it for a stack', () => {
    const { logger, lines } = recording();
    Logger.overrideLogger(logger);
    Logger.log('placed', 'Orders');
    Logger.error('failed', stack, 'Orders');
    logger.error('failed', 'Orders', stack);
    Logger.error('failed', stack);
    new Logger().warn('nobody speaks');
    expect(lines()).toMatchObject([
      { msg: 'placed', logger: 'Orders' },
      { msg: 'failed', logger: 'Orders', err },
      { msg: 'failed', logger: 'Orders', err },
      { msg: 'failed', err },
      { msg: 'nobody speaks' },
    ]);
    expect(
      lines()
        .slice(3)
        .some((line) => 'logger' in line),
    ).toBe(false);
  });

  it('has neither a secret nor a key twice, and the context of the running request', () => {
    const { logger, lines } = recording();
    runWithContext({ requestId: 'r-1' }, () =>
      logger.log('paid', { password: 'canary', level: 3, request_id: 'mine' }, [{ token: 'canary' }], 'Orders'),
    );
    const [line] = lines();
    expect(line).toMatchObject({ level: 'info', request_id: 'r-1', fields_request_id: 'mine', fields_level: 3 });
    expect(line?.text).not.toContain('canary');
  });

  it('writes at the levels that Nest is told to', () => {
    const { logger, lines } = recording();
    Logger.overrideLogger(logger);
    Logger.overrideLogger(['warn', 'debug']);
    const orders = new Logger('Orders');
    for (const level of ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const) orders[level](level);
    expect(lines().map(({ msg }) => msg)).toEqual(['debug', 'warn', 'error', 'fatal']);
    logger.setLogLevels?.([]);
    orders.fatal('nothing');
    expect(lines()).toHaveLength(4);
  });

  it('writes at the levels of our own loggers, which the context names', () => {
    const recorder = new Recorder();
    const log = { level: 'warn', levels: { Orders: 'debug' }, destination: recorder };
    const observability = createObservability({ isolated: true, exporters: [], log });
    const logger = createNestLogger({ observability });
    logger.debug?.('seen', 'Orders');
    logger.log('unseen', 'Prices');
    observability.setLevel('Prices', 'info');
    logger.log('seen too', 'Prices');
    expect(recorder.recorded().lines.map(({ msg }) => msg)).toEqual(['seen', 'seen too']);
  });

  it('keeps no logger for each of a thousand contexts', () => {
    const { logger, lines } = recording();
    for (let index = 0; index < 1000; index++) logger.log('placed', `order ${index}`);
    expect(lines()).toHaveLength(1000);
    expect(lines().at(-1)).toMatchObject({ msg: 'placed', logger: 'order 999' });
  });

  it("writes to the process's own observability, created before it or after", async () => {
    const logger = createNestLogger();
    const recorder = new Recorder();
    const observability = createObservability({ exporters: [], log: { level: 'info', destination: recorder } });
    onTestFinished(() => observability.close({ timeoutMs: 1000 }));
    logger.log('started', 'Main');
    expect(recorder.recorded().lines).toMatchObject([{ msg: 'started', logger: 'Main' }]);
  });
});

@Injectable()
class Stock implements OnModuleInit {
  private readonly logger = new Logger('Stock');

  onModuleInit(): void {
    this.logger.log('counted');
  }
}

@Controller('orders')
class Orders {
  private readonly logger = new Logger(Orders.name);

  @Get('read')
  read(): object {
    this.logger.log('read', { id: 7 });
    return { id: getRequestId() };
  }

  @Get('refuse')
  refuse(): never {
    throw new BadRequestException('no such size');
  }

  @Get('fail')
  fail(): never {
    throw error;
  }

  @Get('log-and-fail')
  logAndFail(): never {
    this.logger.error('failed', error);
    throw error;
  }
}

describe.each(adapters)(`an application of Nest ${inject('major')} on %s that logs through us`, (_, createAdapter) => {
  function startOrders(bufferLogs: boolean, { request = {}, ...options }: Options = {}): Promise<Service> {
    return start(
      {
        name: 'nest',
        async listen(observability) {
          const imports = [ObservabilityModule.forRoot({ observability, request })];
          const root = rootOf({ imports, controllers: [Orders], providers: [Stock] });
          const logger = createNestLogger({ observability });
          const app = await NestFactory.create(root, createAdapter(), {
            ...(bufferLogs ? { bufferLogs } : { logger }),
            abortOnError: false,
          });
          if (bufferLogs) app.useLogger(logger);
          return listening(app);
        },
      },
      options,
    );
  }

  it.each([false, true])('has all lines from the first one on, bufferLogs: %s', async (bufferLogs) => {
    const { lines } = await (await startOrders(bufferLogs)).finish();
    expect(lines[0]).toMatchObject({ logger: 'NestFactory', level: 'info', msg: 'Starting Nest application...' });
    expect(lines).toContainEqual(expect.objectContaining({ logger: 'Stock', msg: 'counted' }));
    expect(lines).toContainEqual(expect.objectContaining({ logger: 'RouterExplorer' }));
  });

  it('has the request id on the lines of a controller', async () => {
    const service = await startOrders(false);
    const { id } = await service.send('/orders/read');
    const { lines } = await service.finish();
    expect(lines.filter(({ logger }) => logger === 'Orders')).toMatchObject([{ msg: 'read', id: 7, request_id: id }]);
  });

  it('tells of a failed request on its access line alone', async () => {
    const service = await startOrders(false);
    await service.send('/orders/fail');
    await service.send('/orders/refuse');
    const { lines } = await service.finish();
    // Nest warns while it starts when a busy machine takes it more than 10 ms to look at a module.
    const ofRequests = lines.filter(({ logger }) => logger !== 'ModuleTokenFactory');
    expect(ofRequests.filter(({ level }) => level === 'error' || level === 'warn')).toMatchObject([
      { logger: 'http', level: 'error', status: 500, err },
      { logger: 'http', level: 'warn', status: 400 },
    ]);
  });

  it.each<NestRequestOptions['accessLog']>([false, { format: 'pino-http', autoLogging: false }])(
    'tells of a failed request by a line of Nest when there is no access line: %o',
    async (accessLog = false) => {
      const service = await startOrders(false, { request: { accessLog } });
      const { id } = await service.send('/orders/fail');
      const { lines } = await service.finish();
      expect(lines.filter(({ level }) => level === 'error')).toMatchObject([
        { logger: 'ExceptionsHandler', request_id: id, err },
      ]);
    },
  );

  it.each(['fail', 'log-and-fail'])('exports an error once: %s', async (path) => {
    const sink = await startSink();
    const service = await startOrders(false, { exporters: [sink.exporter] });
    await service.send(`/orders/${path}`);
    await service.finish();
    await service.observability.flush({ timeoutMs: 5000 });
    expect(sink.records).toHaveLength(1);
  });
});
