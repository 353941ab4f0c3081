import { getContext, runWithContext, setContext, setUser, withContext } from '@throughline/core';
import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { record, topLevelKeys } from './recorder.js';

describe('a line', () => {
  it('has level, time, service, environment, version, logger and message, in flat snake_case', () => {
    const { observability, last } = recordOne((log) => log('orders').info({ order_id: 7 }, 'order %s', 'placed'));
    expect(observability.service.name).toBe('shop');
    expect(last).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'shop',
      env: 'test',
      version: '1.4.0',
      logger: 'orders',
      order_id: 7,
      msg: 'order placed',
    });
  });

  it('has the ids of the running request, and the user from the moment it is known', () => {
    const recorder = record();
    const log = recorder.observability.getLogger('orders');
    runWithContext({ requestId: 'r-1' }, () => {
      log.info('before');
      setUser({ id: '42', email: 'ada@example.com' });
      setContext({ order_id: 7 });
      log.info('after');
    });
    log.info('outside');
    const [before, after, outside] = recorder.lines;
    expect(before).toMatchObject({ request_id: 'r-1' });
    expect(before).not.toHaveProperty('user_id');
    expect(after).toMatchObject({ request_id: 'r-1', user_id: '42', order_id: 7 });
    expect(recorder.texts.join()).not.toContain('ada@example.com');
    expect(outside).not.toHaveProperty('request_id');
  });

  it.each(['%o', '%O', '%j', '%s'])('hides secrets of what a message is put together from with %s', (placeholder) => {
    const failed = Object.assign(new Error('refused'), { config: { token: 'canary' } });
    for (const value of [{ db: { password: 'canary' } }, [{ password: 'canary' }], failed]) {
      const { last } = recordOne((log) =>
        log('db').info(...([`cannot connect with ${placeholder}`, value] as unknown as [string])),
      );
      expect(JSON.stringify(last)).not.toContain('canary');
    }
    expect(recordOne((log) => log('db').info('failed: %s', failed)).last).toMatchObject({
      msg: 'failed: Error: refused',
    });
  });

  it('has further fields of the user only when log.userFields names them', () => {
    const recorder = record({ log: { userFields: ['plan'] } });
    runWithContext({ user: { id: 1, plan: 'pro', email: 'a@b.c' } }, () => recorder.observability.logger.info('hi'));
    expect(recorder.last).toMatchObject({ user_id: '1', user_plan: 'pro' });
    expect(recorder.last).not.toHaveProperty('user_email');
  });

  it('has such fields without secrets, whatever they hold', () => {
    const recorder = record({ log: { userFields: ['profile', 'tenant', 'loop', 'password'] } });
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    const user = { id: 1, profile: { plan: 'pro', password: 'canary' }, tenant: 2n ** 60n, loop, password: 'canary' };
    runWithContext({ user }, () => recorder.observability.logger.info('hi'));
    expect(recorder.last).toMatchObject({
      user_id: '1',
      user_profile: { plan: 'pro', password: '[Redacted]' },
      user_tenant: String(2n ** 60n),
      user_password: '[Redacted]',
    });
  });

  it.each<readonly string[]>([[], ['plan']])(
    'is written whatever becomes of the user afterwards (%j)',
    (...userFields) => {
      const recorder = record({ log: { userFields } });
      const user: { id: unknown } = { id: '42' };
      runWithContext({ requestId: 'r-1', user: user as { id: string } }, () => {
        for (const id of [undefined, 43]) {
          user.id = id;
          setContext({ changed: true });
          recorder.observability.logger.info('hi');
        }
      });
      expect(recorder.lines[0]).toMatchObject({ request_id: 'r-1' });
      expect(recorder.lines[0]).not.toHaveProperty('user_id');
      expect(recorder.lines[1]).toMatchObject({ user_id: '43' });
    },
  );

  it('has the ids of the inbound trace', () => {
    const recorder = record();
    const traceparent = '00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01';
    runWithContext({ traceparent }, () => recorder.observability.logger.info('hi'));
    expect(recorder.last).toMatchObject({
      trace_id: '5b8efff798038103d269b633813fc60c',
      span_id: 'eee19b7ec3c1b174',
      trace_flags: '01',
    });
  });

  it('has the fields of the branch it is written in', () => {
    const recorder = record();
    const log = recorder.observability.logger;
    runWithContext({ fields: { step: 'all' } }, () => {
      withContext({ step: 'one' }, () => log.info('inner'));
      log.info('outer');
    });
    expect(recorder.lines.map(({ step }) => step)).toEqual(['one', 'all']);
  });

  it.each([
    ['logged alone', (error: Error) => [error]],
    ['under err', (error: Error) => [{ err: error }, 'failed']],
    ['behind the message', (error: Error) => ['failed', error]],
  ])('keeps an error %s: type, message, stack, code and cause', (_, args) => {
    const recorder = record();
    const error = Object.assign(new TypeError('no stock', { cause: new Error('sold out') }), { code: 'E_STOCK' });
    recorder.observability.logger.error(...(args(error) as [unknown]));
    expect(recorder.last).toMatchObject({
      level: 'error',
      err: { type: 'TypeError', message: 'no stock', code: 'E_STOCK', cause: { message: 'sold out' } },
    });
    expect((recorder.last['err'] as Error).stack).toContain('lines.test.ts');
  });

  it('summarises a request or response instead of writing all of it', () => {
    const { last } = recordOne((log) => log('x').info({ headers: 1, note: 'kept' }, 'plain objects stay'));
    expect(last).toMatchObject({ headers: 1, note: 'kept' });
  });
});

describe('no key stands twice on a line', () => {
  it.each([
    [
      'call fields named like ours',
      { level: 3, time: 1, service: 'x', env: 'y', version: 9, logger: 'z', request_id: 'evil', method: 'X' },
    ],
    ['a msg beside a message', { msg: 'mine' }],
    ['a field of the context', { order_id: 8 }],
    ['a field of the child logger', { item: 3 }],
    ['a name that is displaced twice', { service: 'b', fields_service: 'c' }],
  ])('with %s', (_, fields) => {
    const recorder = record();
    const child = recorder.observability.getLogger('orders').child({ item: 2, service: 'a', request_id: 'bound' });
    runWithContext({ requestId: 'r-1', fields: { order_id: 7, level: 'x', item: 1 } }, () =>
      child.info(fields, 'told'),
    );
    expectNoRepeatedKey(recorder.texts[0]);
    expect(recorder.last).toMatchObject({
      level: 'info',
      service: 'shop',
      logger: 'orders',
      request_id: 'r-1',
      msg: 'told',
    });
  });

  it('keeps a displaced field under fields_…', () => {
    const { last } = recordOne((log) => log('x').info({ version: 9, msg: 'mine' }, 'told'));
    expect(last).toMatchObject({ version: '1.4.0', fields_version: 9, msg: 'told', fields_msg: 'mine' });
  });

  it('lets the call win over the child logger, and the child logger over the context', () => {
    const recorder = record();
    const child = recorder.observability.logger.child({ a: 'child', b: 'child' });
    runWithContext({ fields: { a: 'context', b: 'context', c: 'context' } }, () => child.info({ a: 'call' }, 'told'));
    expect(recorder.last).toMatchObject({ a: 'call', b: 'child', c: 'context' });
  });

  it('for any fields in any place', () => {
    const name = fc.constantFrom(
      'level',
      'time',
      'msg',
      'service',
      'logger',
      'request_id',
      'user_id',
      'trace_id',
      'err',
      'a',
      'b',
      'fields_a',
      'fields_level',
    );
    const fields = fc.dictionary(name, fc.oneof(fc.string(), fc.integer(), fc.constant({ a: 1 })), {
      noNullPrototype: true,
    });
    const recorder = record();
    const traceparent = '00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01';
    fc.assert(
      fc.property(fields, fields, fields, fields, fc.option(fc.string()), (context, first, second, call, message) => {
        const logger = recorder.observability.getLogger('orders').child(first).child(second);
        runWithContext({ fields: context, user: { id: 1 }, traceparent }, () =>
          logger.info(call, message ?? undefined),
        );
        expectNoRepeatedKey(recorder.texts.at(-1));
      }),
    );
  });
});

describe('secrets', () => {
  it('are on no line, whether they come with the call, the child logger, the context or an error', () => {
    const recorder = record({ redact: { keys: ['iban'] } });
    const secret = 'hunter2';
    const error = Object.assign(new Error('refused'), { config: { headers: { Authorization: secret } } });
    const child = recorder.observability.logger.child({ db: { password: secret } });
    runWithContext({ fields: { access_token: secret } }, () =>
      child.error({ err: error, card: { IBAN: secret } }, 'refused'),
    );
    expect(recorder.texts[0]).not.toContain(secret);
    expect(recorder.last).toMatchObject({ db: { password: '[Redacted]' }, access_token: '[Redacted]' });
  });
});

describe('a pino of the user’s own', () => {
  it('writes the same lines through pinoOptions, with its own name, mixin, serializers and hook', () => {
    const recorder = record();
    const texts: string[] = [];
    const seen: unknown[] = [];
    const options = recorder.observability.pinoOptions({
      name: 'legacy',
      mixin: () => ({ region: 'eu', request_id: 'mixed' }),
      serializers: { order: (order: { id: number }) => ({ id: order.id }) },
      hooks: {
        logMethod(args, method) {
          seen.push(args);
          method.apply(this, args);
        },
      },
    });
    const logger = pino(options, { write: (line: string) => void texts.push(line) });
    runWithContext({ requestId: 'r-1' }, () => logger.info({ order: { id: 7, total: 12 } }, 'placed'));
    expect(JSON.parse(texts[0] ?? '')).toMatchObject({
      service: 'shop',
      logger: 'legacy',
      request_id: 'r-1',
      fields_request_id: 'mixed',
      region: 'eu',
      order: { id: 7 },
      msg: 'placed',
    });
    expectNoRepeatedKey(texts[0]);
    expect(seen).toHaveLength(1);
  });
});

describe('a line that pino shapes', () => {
  it('has each key once when the message has a name of its own', () => {
    const recorder = record();
    const texts: string[] = [];
    const options = recorder.observability.pinoOptions({ messageKey: 'message' });
    const log = pino(options, { write: (line) => void texts.push(line) });
    runWithContext({ fields: { message: 'of the context' } }, () => {
      log.child({ message: 'of the logger' }).info('placed');
      log.info({ message: 'of the call' }, 'placed');
    });
    texts.forEach(expectNoRepeatedKey);
    expect(texts.map((text) => JSON.parse(text) as object)).toMatchObject([
      { message: 'placed', fields_message: 'of the logger' },
      { message: 'placed', fields_message: 'of the call' },
    ]);
  });

  it('has each key once, and no secret, when formatters.log adds fields', () => {
    const recorder = record();
    const texts: string[] = [];
    const log = (fields: Record<string, unknown>): Record<string, unknown> => ({
      ...fields,
      request_id: 'added',
      region: 'eu',
      password: 'hush',
    });
    const options = recorder.observability.pinoOptions({ formatters: { log } });
    const logger = pino(options, { write: (line) => void texts.push(line) });
    runWithContext({ requestId: 'r-1', fields: { region: 'us' } }, () => logger.info({ order: 7 }, 'placed'));
    runWithContext({ requestId: 'r-1' }, () => logger.info('placed'));
    texts.forEach(expectNoRepeatedKey);
    const placed = { request_id: 'r-1', fields_request_id: 'added', region: 'eu', password: '[Redacted]' };
    expect(texts.map((text) => JSON.parse(text) as object)).toMatchObject([{ ...placed, order: 7 }, placed]);
  });

  it('goes to several transports, which know levels by number only', () => {
    const { observability } = record();
    const options = observability.pinoOptions({ transport: { targets: [{ target: 'pino/file' }] } });
    expect(options.formatters?.level).toBeUndefined();
  });

  it('keeps every digit of a long id in the bindings', () => {
    const recorder = record();
    const bindings = { account: 12_345_678_901_234_567_890n, note: 'no 12345678901234567890', amount: 1e20, rate: 0.5 };
    recorder.observability.logger.child(bindings).info('hi');
    expect(recorder.last).toMatchObject({ ...bindings, account: '12345678901234567890' });
  });

  it('takes a field named __proto__ for a field', () => {
    const recorder = record();
    recorder.observability.logger.info(JSON.parse('{"__proto__":{"err":{"message":"forged"}},"a":1}') as object);
    expect(recorder.last).toMatchObject({ fields___proto__: { err: { message: 'forged' } }, a: 1 });
    expect(recorder.last).not.toHaveProperty('msg');
  });
});

describe('a message', () => {
  const order = { id: 7, card: { password: 'hush' } };

  it.each([
    ['order %j', '{"id":7,"card":{"password":"[Redacted]"}}'],
    ['order %o', '{"id":7,"card":{"password":"[Redacted]"}}'],
    ['order %s', '[object Object]'],
  ])('has no secret of what stands for the placeholder of %j', (message, printed) => {
    expect(recordOne((log) => log('x').info(message, order as never)).last).toMatchObject({ msg: `order ${printed}` });
  });

  it('has no secret when it is an object', () => {
    expect(recordOne((log) => log('x').info({ a: 1 }, order as unknown as undefined)).last).toMatchObject({
      msg: { id: 7, card: { password: '[Redacted]' } },
    });
  });

  it.each([
    ['query %s', 'query [object Object]'],
    ['query %d', 'query NaN'],
  ])('is written too when %j is given an object that has no text, as Express parses a query', (message, msg) => {
    const query = Object.assign(Object.create(null) as object, { page: 1 });
    expect(recordOne((log) => log('x').info(message, query as never)).last).toMatchObject({ msg });
  });

  it('is printed as pino prints it', () => {
    const texts: string[] = [];
    const plain = pino({ base: null, timestamp: false }, { write: (line) => void texts.push(line) });
    const recorder = record();
    const values = [new Date(5), [1, [2]], null, undefined, () => 1, 'text', 7];
    for (const placeholder of ['%s', '%d', '%i', '%o', '%j', '%%', ''])
      for (const value of values) {
        plain.info(`a ${placeholder} b`, value as never);
        recorder.observability.logger.info(`a ${placeholder} b`, value as never);
      }
    const messages = texts.map((text) => (JSON.parse(text) as { msg: unknown }).msg);
    expect(recorder.lines.map(({ msg }) => msg)).toEqual(messages);
  });
});

describe('a logger', () => {
  it('has the level of its name, of the nearest prefix, or the one of all', () => {
    const { observability } = record({ log: { level: 'warn', levels: { orders: 'debug', 'orders.audit': 'error' } } });
    expect(
      ['orders', 'orders.pricing', 'orders.audit', 'ordersx', 'sql'].map((name) => observability.getLogger(name).level),
    ).toEqual(['debug', 'debug', 'error', 'warn', 'warn']);
  });

  it('changes its level at run time', () => {
    const recorder = record({ log: { level: 'info' } });
    const log = recorder.observability.getLogger('sql');
    log.debug('quiet');
    recorder.observability.setLevel('sql', 'debug');
    log.debug('loud');
    expect(recorder.lines.map(({ msg }) => msg)).toEqual(['loud']);
  });

  it('takes its children along when its level changes, but for those that were given one of their own', () => {
    const recorder = record({ log: { level: 'info' } });
    const log = recorder.observability.getLogger('orders.pricing');
    const [child, own] = [log.child({ part: 'a' }), log.child({ part: 'b' }, { level: 'error' })];
    recorder.observability.setLevel('orders', 'debug');
    log.debug('by the prefix');
    child.debug('by the child');
    own.warn('still suppressed');
    recorder.observability.setLevel('orders.pricing', 'warn');
    child.info('quiet again');
    expect(recorder.lines.map(({ msg }) => msg)).toEqual(['by the prefix', 'by the child']);
  });

  it('never throws because of what it is given or where it writes to', () => {
    const observability = record({
      log: {
        destination: {
          write: () => {
            throw new Error('disk full');
          },
        },
      },
    }).observability;
    const problems: unknown[] = [];
    const telling = record({
      onProblem: (problem) => problems.push(problem),
      log: {
        destination: {
          write: () => {
            throw new Error('disk full');
          },
        },
      },
    });
    expect(() => observability.logger.error('lost')).not.toThrow();
    telling.observability.logger.error('lost');
    expect(problems).toEqual([{ code: 'LOG_LINE_FAILED', message: expect.stringContaining('disk full') }]);
    const hostile = {
      get boom() {
        throw new Error('getter');
      },
    };
    expect(recordOne((log) => log('x').info(hostile, 'told')).last).toMatchObject({ msg: 'told' });
  });
});

function recordOne(
  write: (log: (name: string) => ReturnType<ReturnType<typeof record>['observability']['getLogger']>) => void,
) {
  const recorder = record();
  write((name) => recorder.observability.getLogger(name));
  return { observability: recorder.observability, last: recorder.last };
}

function expectNoRepeatedKey(text: string | undefined): void {
  const keys = topLevelKeys(text ?? '');
  expect(keys.length).toBeGreaterThan(3);
  expect(keys).toEqual([...new Set(keys)]);
  expect(getContext()).toBeUndefined();
}
