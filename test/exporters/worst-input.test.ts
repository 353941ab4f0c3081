import type { AddressInfo } from 'node:net';
import {
  createObservability,
  type Destination,
  type Entry,
  type ExporterStatus,
  type Observability,
} from '@throughline/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../contract/listen.js';

type ErrorRecord = Entry['record'];

/** What leaves, and how the exporter counts it. */
interface Recording {
  readonly observability: Observability;
  readonly records: ErrorRecord[];
  readonly lines: string[];
  readonly status: () => ExporterStatus | undefined;
}

const open: Observability[] = [];
afterEach(() => Promise.all(open.splice(0).map((observability) => observability.close())));

function start(): Recording {
  const records: ErrorRecord[] = [];
  const lines: string[] = [];
  const destination: Destination = {
    name: 'recording',
    endpoint: 'nowhere',
    encode(batch) {
      records.push(...batch.map(({ record }) => record));
      return { url: 'http://nowhere', headers: {}, body: '' };
    },
    classify: () => ({ kind: 'accepted' }),
    createTransport: () => ({
      send: () => ({
        outcome: Promise.resolve({ kind: 'answer', answer: { status: 200, headers: {}, body: '' } }),
        abort: () => undefined,
      }),
      close: () => undefined,
    }),
  };
  const observability = createObservability({
    isolated: true,
    service: { name: 'shop' },
    exporters: [destination],
    log: { destination: { write: (line: string) => void lines.push(line) } },
  });
  open.push(observability);
  return { observability, records, lines, status: () => observability.status().exporters[0] };
}

/** Offers such values between two neighbours, one in each of the ways there are: the same error would be sent once. */
async function offer(create: () => unknown): Promise<Recording & { worst: ErrorRecord[] }> {
  const recording = start();
  const { observability, records } = recording;
  const { logger } = observability;
  logger.error({ place: 1 }, 'neighbour before');
  logger.error(create() as object, 'as fields');
  logger.error({ value: create() }, 'as a field');
  logger.error({ err: create() }, 'as the error of a line');
  observability.recordError(create(), 'as an error', {});
  observability.recordError(new Error('plain', { cause: create() }), 'as a cause', { value: create() });
  logger.error({ place: 2 }, 'neighbour behind');
  expect(await observability.flush()).toBe(true);
  return { ...recording, worst: records.filter(({ message }) => message.startsWith('as ')) };
}

/** All that one record may hold, whatever it was made of. */
const maxRecordLength = 400_000;

const numbers = Array.from({ length: 100_000 }, (_, index) => index);

function keyed(count: number): Record<string, number> {
  return Object.fromEntries(numbers.slice(0, count).map((index) => [`key${index}`, index]));
}

const inputs: Record<string, () => unknown> = {
  'an object that holds itself': () =>
    Object.assign(
      { a: 1 },
      {
        get self(): unknown {
          return this;
        },
      },
    ),
  'a getter that throws': () => Object.defineProperty({ good: 1 }, 'err', { get: fail, enumerable: true }),
  'a proxy': () => new Proxy({ a: 1 }, {}),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'a proxy that throws whatever it is asked': () => new Proxy({}, new Proxy({}, { get: () => fail })),
  'a text of 100 MB': () => ({ body: 'x'.repeat(100_000_000) }),
  'an error with a message of 100 MB': () => new Error('x'.repeat(100_000_000)),
  '100,000 keys': () => keyed(100_000),
  'a depth of 100,000': () => numbers.reduce<unknown>((inner) => [inner], 'bottom'),
  'integers of any length': () => ({ small: 12n, huge: 2n ** 4_000_000n }),
  'numbers that JSON has not': () => ({ nan: Number.NaN, infinite: -Infinity, zero: -0 }),
  'halves of characters': () => ({ '\udc00key': 'half \ud83d', nul: '\0' }),
  'a key __proto__': () => JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'),
  'dates that are none': () => ({ date: new Date(Number.NaN) }),
  '10,000 errors in one': () =>
    new AggregateError(
      numbers.slice(0, 10_000).map((index) => new Error(`e${index}`)),
      'all',
    ),
  'a list of errors that throws': () => Object.assign(new Error('x'), { errors: new Proxy([], { get: fail }) }),
  'a toJSON that throws': () => ({ a: 1, toJSON: fail }),
  'a toJSON that returns itself': () => ({
    a: 1,
    toJSON() {
      return this;
    },
  }),
  'a toJSON without end': () => ({ toJSON: endless }),
  'a cause that is its own cause': () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    return error;
  },
  '10,000 causes': () => numbers.slice(0, 10_000).reduce((cause) => new Error('c', { cause }), new Error('root')),
  'a buffer': () => ({ buffer: Buffer.alloc(50_000_000) }),
  'a map and a set of 100,000': () => ({
    map: new Map(numbers.map((index) => [`k${index}`, index])),
    set: new Set(numbers),
  }),
  'a list of a billion, hardly one of them there': () => Object.assign([1], { length: 1_000_000_000 }),
  'a symbol and a function': () => ({ symbol: Symbol('s'), function: fail }),
};

function fail(): never {
  throw new Error('must not get out');
}

function endless(): unknown {
  return { toJSON: endless };
}

describe('worst input', () => {
  it.each(Object.entries(inputs))('is delivered shortened, its neighbours unharmed: %s', async (_, create) => {
    const { worst, records, lines, status } = await offer(create);
    expect(worst).toHaveLength(5);
    for (const record of records) {
      const text = JSON.stringify(record);
      expect(text.length).toBeLessThan(maxRecordLength);
      expect(Buffer.from(text).toString()).toBe(text);
    }
    expect(records.at(0)).toMatchObject({ message: 'neighbour before', attributes: { place: 1 } });
    expect(records.at(-1)).toMatchObject({ message: 'neighbour behind', attributes: { place: 2 } });
    expect(lines.filter((line) => line.includes('"level":"error"'))).toHaveLength(5);
    expect(status()).toMatchObject({ offered: 7, delivered: 7, dropped: 0, reasons: {} });
  });

  it('says how long a text is that is too long to be looked into', async () => {
    const { worst } = await offer(() => ({ body: 'x'.repeat(100_000_000) }));
    expect(worst[0]?.attributes).toEqual({ body: '[Text of 100000000 characters]' });
  });

  it('says how many keys there are when they are too many to be copied', async () => {
    const { worst } = await offer(() => keyed(5_000));
    expect(worst[1]?.attributes).toEqual({ 'value_...': '[5000 keys]' });
  });

  it('keeps the rest of an error whose list of errors throws', async () => {
    const { worst } = await offer(() => Object.assign(new TypeError('x'), { errors: new Proxy([], { get: fail }) }));
    expect(worst[3]?.error).toMatchObject({ type: 'TypeError', message: 'x', cause: 'With: [Unreadable]' });
  });

  it('tells a request and its answer by what they are, and never walks their sockets', async () => {
    const recording = start();
    const listening = await listen((request, response) => {
      const error = Object.assign(new Error('x'), { request, response, socket: request.socket });
      recording.observability.recordError(error, 'x', { request });
      response.end();
    });
    const { port } = listening.server.address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${port}/orders?token=canary`, { method: 'PUT' })).text();
    await listening.close();
    await recording.observability.flush();
    expect(recording.records[0]?.attributes).toEqual({
      request_method: 'PUT',
      request_path: '/orders',
      error_request_method: 'PUT',
      error_request_path: '/orders',
      error_response_status: 200,
      error_socket: '[Stream]',
    });
  });
});

/** A proxy that counts what is asked of it. */
function counted(): { proxy: object; asked: { get: number; describe: number } } {
  const asked = { get: 0, describe: 0 };
  const proxy = new Proxy(keyed(100_000), {
    get: (source, key) => (asked.get++, Reflect.get(source, key)),
    getOwnPropertyDescriptor: (source, key) => (asked.describe++, Reflect.getOwnPropertyDescriptor(source, key)),
  });
  return { proxy, asked };
}

describe('work on the worst input', () => {
  it.each(['as a field', 'as an error'])('asks a proxy for a bounded part of its 100,000 members: %s', (how) => {
    const { observability } = start();
    const { proxy, asked } = counted();
    if (how === 'as a field') observability.recordError(undefined, 'x', { proxy });
    else observability.recordError(proxy, 'x', {});
    expect(asked.get).toBeGreaterThan(0);
    expect(asked.get).toBeLessThan(2_200);
    expect(asked.describe).toBeLessThan(4_200);
  });

  it('reads a bounded part of the members of an error', () => {
    const { observability } = start();
    let read = 0;
    const error = new Error('x');
    for (let index = 0; index < 2_000; index++)
      Object.defineProperty(error, `own${index}`, { enumerable: true, get: () => ({ n: read++ }) });
    observability.recordError(error, 'x', {});
    expect(read).toBeLessThan(600);
  });

  it('reads nothing at all when there is no destination', () => {
    const observability = createObservability({ isolated: true, exporters: [] });
    open.push(observability);
    const { proxy, asked } = counted();
    observability.recordError(proxy, 'x', { proxy });
    expect(asked).toEqual({ get: 0, describe: 0 });
  });

  it('takes a bounded part of what goes on for ever', () => {
    const { observability } = start();
    let taken = 0;
    class Endless extends Map<string, number> {
      override *[Symbol.iterator](): MapIterator<[string, number]> {
        for (;;) yield [`key${taken}`, taken++];
      }
    }
    observability.recordError(undefined, 'x', { endless: new Endless() });
    expect(taken).toBeLessThan(1_100);
  });

  it('lists the keys of an object with 100,000 of them once for all its errors', async () => {
    const { observability, records } = start();
    const store = keyed(100_000);
    observability.recordError(undefined, 'first', { store });
    const listed = spyOnKeys();
    for (let index = 0; index < 10; index++) observability.recordError(undefined, `again ${index}`, { store });
    expect(listed.stop()).not.toContain(store);
    await observability.flush();
    expect(records.map(({ attributes }) => attributes)).toEqual(Array(11).fill({ 'store_...': '[100000 keys]' }));
  });
});

/** Notes whose keys are listed. */
function spyOnKeys(): { stop(): unknown[] } {
  const listed: unknown[] = [];
  const { keys } = Object;
  Object.keys = (source: object) => (listed.push(source), keys(source));
  return {
    stop() {
      Object.keys = keys;
      return listed;
    },
  };
}

describe('worst input with secrets in it', () => {
  const canary = 'c4n4ry';
  const hidden = fc.oneof(
    fc.constantFrom('password', 'apiKey', 'Authorization', 'set-cookie').map((key) => ({ [key]: canary })),
    fc.constant(`https://user:${canary}@host/`),
    fc.constant(`GET /x?access_token=${canary}&page=2`),
    fc.constant(`{"password":"${canary}`),
    fc.constant(`mail to ${canary}@example.com`),
    fc.constant(`Bearer ${canary}`),
  );
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      hidden,
      fc.anything({ withMap: true, withSet: true, withBigInt: true, withDate: true, withTypedArray: true }),
      tie('node').map((inner) => new Proxy({ inner }, {})),
      tie('node').map((inner) => ({ toJSON: () => inner })),
      tie('node').map((inner) => new Map([[canary.repeat(0), inner]])),
      fc.tuple(tie('node'), hidden).map(([cause, text]) => throwAt(JSON.stringify(text), cause)),
      fc.array(tie('node'), { maxLength: 4 }).map((errors) => new AggregateError(errors, 'all')),
      fc.dictionary(fc.string(), tie('node'), { maxKeys: 4 }),
    ),
  })).node;

  /** An error of one place whose message is another each time, as the stacks of real ones are. */
  function throwAt(message: string, cause: unknown): Error {
    return new Error(message, { cause });
  }

  it('lets none of them out, wherever they stand', async () => {
    await fc.assert(
      fc.asyncProperty(value, async (worst) => {
        const { records, status } = await offer(() => worst);
        expect(JSON.stringify(records)).not.toContain(canary);
        expect(status()).toMatchObject({ dropped: 0 });
      }),
    );
  });
});
