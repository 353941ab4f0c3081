/** Contract of an exporter: what every destination promises, and what those over HTTP do, against a server that misbehaves on command. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObservability, runWithContext, type Destination, type Observability } from '@throughline/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSink, type Reaction, type Sink, type SinkRequest } from './faulty-sink.js';
import { PATIENCE } from './patience.js';

/** What is held to this contract: a destination that we send to ourselves. */
export type Exporter = Destination;

export interface ExporterSubject {
  readonly name: string;
  /** Makes the exporter for a server at this URL; its credential holds the word `canary`. */
  create(url: string): Exporter;
  /** Where requests go, and with which credential; in which header, if not in `authorization`. */
  readonly path: string;
  readonly authorization: string;
  readonly authorizationHeader?: string;
  /** Most records of a request, where the protocol has such a limit: a batch is then several requests in a row. */
  readonly maxRecordsPerRequest?: 1;
  /** Answers that say: all stored, and all stored but one; the second where the protocol can say so. */
  accepted(count: number): Reaction;
  readonly partial?: (count: number) => Reaction;
  /** The records of a request, each flat; at least `uid`, `message`, `repeat_count`. */
  readonly records: (request: SinkRequest) => Record<string, unknown>[];
  /** Statuses other than 2xx, by what happens to the errors. */
  readonly kept: readonly number[];
  readonly refused: readonly number[];
  /** True when an answer that refuses some errors tells neither which nor how many, so that all are unconfirmed. */
  readonly isVague?: boolean;
  /** True when all is to hold with a spool too. */
  readonly hasSpool?: boolean;
}

/** A destination without a server: `create` takes the `url` of what `open` gives, and nothing is asked of it about HTTP. */
export interface LocalSubject extends Pick<ExporterSubject, 'name' | 'create' | 'records'> {
  readonly open: () => Promise<Sink>;
}

type Status = ReturnType<Observability['status']>['exporters'][number];

/** Waits for something that real sockets bring about; the clock stands still meanwhile. */
async function until(condition: () => boolean): Promise<void> {
  const endNs = process.hrtime.bigint() + BigInt(PATIENCE.timeout) * 1_000_000n;
  while (!condition()) {
    if (process.hrtime.bigint() > endNs) throw new Error('what was waited for did not happen');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Opens the receiving side; it does with requests what it is told. */
type Open = (react: Sink['react']) => Promise<Sink>;

/** Takes the promises that only a server can be held to. */
type OverHttp = (name: string, promise: () => Promise<void>) => void;

export function describeExporter(subject: ExporterSubject): void {
  describePromises(subject, startSink, it);
}

export function describeLocalExporter({ open, ...local }: LocalSubject): void {
  const answer = (): Reaction => ({ status: 200 });
  const server = { path: '', authorization: '', accepted: answer, kept: [], refused: [] };
  describePromises({ ...local, ...server }, open, () => undefined);
}

function describePromises(subject: ExporterSubject, open: Open, overHttp: OverHttp): void {
  describe(`${subject.name} exporter`, () => {
    let sink: Sink;
    let observability: Observability;
    let problems: { code: string; message: string }[];
    let directory: string | undefined;

    const { authorizationHeader = 'authorization', partial } = subject;
    const records = (): Record<string, unknown>[] => sink.requests.flatMap(subject.records);
    const status = (): Status => observability.status().exporters[0] as Status;
    /** What becomes of a batch of which the server refuses one. */
    const butOne = (count: number): Partial<Status> =>
      subject.isVague
        ? { delivered: 0, rejected: 0, unconfirmed: count, reasons: { rejected_unknown: count } }
        : { delivered: count - 1, rejected: 1, unconfirmed: 0 };
    const accept = (request: SinkRequest): Reaction => subject.accepted(subject.records(request).length);
    const fail = (message: string, error: unknown = new Error(message)): void =>
      observability.logger.error({ err: error }, message);
    const start = (...exporters: Exporter[]): Observability =>
      createObservability({
        isolated: true,
        service: { name: 'shop', version: '1.4.0', environment: 'test' },
        log: { destination: { write: () => undefined } },
        exporters,
        ...(directory !== undefined && { spool: { directory } }),
        onProblem: (problem) => problems.push(problem),
      });
    /** Lets one request leave and its answer take effect. */
    const exchange = async (): Promise<void> => {
      const before = sink.requests.length;
      vi.advanceTimersByTime(1);
      await until(() => status().state !== 'sending' && sink.requests.length > before);
    };

    /** Moves on to where the next request leaves, and no further: its deadline runs on the same clock. */
    const nextAttempt = (): number => {
      const waitMs = Date.parse(status().nextAttemptAt ?? '') - Date.now();
      vi.advanceTimersByTime(waitMs);
      return waitMs;
    };

    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'], now: 1_764_000_000_000 });
      sink = await open(accept);
      problems = [];
      directory = subject.hasSpool ? mkdtempSync(join(tmpdir(), 'throughline-contract-')) : undefined;
      observability = start(subject.create(sink.url));
    });

    afterEach(async () => {
      vi.useRealTimers();
      await observability.close({ timeoutMs: 1 });
      await sink.close();
      if (directory !== undefined) rmSync(directory, { recursive: true });
    });

    it('delivers an error at once, with what a reader needs', async () => {
      const error = Object.assign(new TypeError('x is not a function'), { code: 'E_X' });
      runWithContext({ requestId: 'r-1', user: { id: '42' } }, () =>
        observability.getLogger('orders').error({ err: error, order_id: 7, route: '/orders/:id' }, 'order failed'),
      );
      await exchange();
      expect(records()).toMatchObject([
        {
          uid: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/) as string,
          level: 'error',
          message: 'order failed',
          logger: 'orders',
          service: 'shop',
          version: '1.4.0',
          env: 'test',
          request_id: 'r-1',
          user_id: '42',
          route: '/orders/:id',
          order_id: 7,
          error_type: 'TypeError',
          error_message: 'x is not a function',
          error_code: 'E_X',
          code_file: 'test/contract/exporter.ts',
        },
      ]);
      expect(records()[0]?.['error_stack']).toMatch(/^TypeError: x is not a function\n {4}at /);
      expect(status()).toMatchObject({
        state: 'idle',
        offered: 1,
        delivered: 1,
        queued: 0,
        lastSendAt: '2025-11-24T16:00:00.000Z',
      });
    });

    overHttp('presents its credential, at the path of the destination', async () => {
      fail('first');
      await exchange();
      const headers = { [authorizationHeader]: subject.authorization };
      expect(sink.requests).toMatchObject([{ path: subject.path, headers }]);
    });

    it('sends what gathers as one batch, 500 ms after the first', async () => {
      fail('first');
      await exchange();
      for (const message of ['second', 'third', 'fourth']) fail(message);
      vi.advanceTimersByTime(497);
      expect(sink.requests).toHaveLength(1);
      vi.advanceTimersByTime(2);
      await exchange();
      const sizes = subject.maxRecordsPerRequest === 1 ? [1, 1, 1, 1] : [1, 3];
      expect(sink.requests.map((request) => subject.records(request).length)).toEqual(sizes);
      expect(status()).toMatchObject({ delivered: 4 });
    });

    it('folds repeats into one record with a count', async () => {
      for (let index = 0; index < 1_000; index++) fail('same', 'same');
      await exchange();
      expect(records()).toMatchObject([
        { message: 'same', repeat_count: 1_000, first_seen: '2025-11-24T16:00:00.000Z' },
      ]);
      expect(status()).toMatchObject({ offered: 1_000, delivered: 1_000 });
    });

    it('sends an error object once, however often it is logged', async () => {
      const error = Object.freeze(new Error('once'));
      fail('first', error);
      fail('again', error);
      await exchange();
      expect(records()).toMatchObject([{ message: 'first' }]);
    });

    it('leaves warnings at home', () => {
      observability.logger.warn({ err: new Error('x') }, 'careful');
      expect(status()).toMatchObject({ offered: 0 });
    });

    it('lets no secret and no personal data out', async () => {
      const error = Object.assign(
        new Error('no mail to ada@example.com, card 4111 1111 1111 1111, Bearer canary.canary'),
        {
          config: { headers: { Authorization: 'Basic canary' }, data: '{"password":"canary"}' },
        },
      );
      error.cause = new Error('connect postgres://app:canary@db/orders');
      observability.logger.error(
        { err: error, session: { token: 'canary' }, url: '/x?api_key=canary' },
        'to ada@example.com',
      );
      await exchange();
      expect(sink.requests[0]?.body).not.toMatch(/canary|ada@|4111 ?1111/);
    });

    it.each(subject.kept)('keeps errors on status %i, and delivers them 30 s later', async (code) => {
      sink.react = () => ({ status: code });
      fail('kept');
      await exchange();
      expect(status()).toMatchObject({ queued: 1, lastError: { code: `HTTP_${code}` } });
      expect(status().state).toBe(code === 401 || code === 403 ? 'paused' : 'backing-off');
      sink.react = accept;
      const waitMs = nextAttempt();
      expect(waitMs).toBeGreaterThanOrEqual(24_000);
      expect(waitMs).toBeLessThanOrEqual(36_000);
      expect(sink.requests).toHaveLength(1);
      await exchange();
      expect(status()).toMatchObject({ state: 'idle', delivered: 1, queued: 0, nextAttemptAt: null });
      expect(problems.map((problem) => problem.code)).toEqual([`HTTP_${code}`, 'RECOVERED']);
    });

    it.each(subject.refused)('counts errors refused with status %i, once', async (code) => {
      sink.react = () => ({ status: code });
      fail('refused');
      await exchange();
      vi.advanceTimersByTime(60_000);
      expect(sink.requests).toHaveLength(1);
      expect(status()).toMatchObject({ rejected: 1, queued: 0, reasons: { [`http_${code}`]: 1 } });
    });

    overHttp('does not follow a redirect, which would carry the credential elsewhere', async () => {
      const elsewhere = await startSink(accept);
      sink.react = () => ({ status: 308, headers: { location: elsewhere.url } });
      fail('redirected');
      await exchange();
      expect(elsewhere.requests).toEqual([]);
      expect(status().lastError?.message).toContain('check the URL, redirects are not followed');
      await elsewhere.close();
    });

    overHttp('comes back when the server asked for it', async () => {
      sink.react = () => ({ status: 503, headers: { 'retry-after': '2' } });
      fail('soon');
      await exchange();
      sink.react = accept;
      const waitMs = nextAttempt();
      expect(waitMs).toBeGreaterThanOrEqual(2_000);
      expect(waitMs).toBeLessThanOrEqual(2_400);
      await exchange();
      expect(status()).toMatchObject({ delivered: 1 });
    });

    overHttp('gives up an answer after 10 s, and sends the same record again', async () => {
      sink.react = () => 'hang';
      fail('hung');
      vi.advanceTimersByTime(1);
      await until(() => sink.requests.length === 1);
      vi.advanceTimersByTime(10_000);
      await until(() => status().state === 'backing-off');
      expect(status()).toMatchObject({ queued: 1, lastError: { code: 'TIMEOUT' } });
      sink.react = accept;
      nextAttempt();
      await exchange();
      const [first, second] = records();
      expect(second?.['uid']).toBe(first?.['uid']);
      expect(status()).toMatchObject({ delivered: 1 });
    });

    for (const reaction of ['reset', 'endless body'] as const) {
      overHttp(`survives an answer that is a ${reaction}`, async () => {
        sink.react = () => reaction;
        fail('broken');
        await exchange();
        expect(status()).toMatchObject({ state: 'backing-off', queued: 1 });
        sink.react = accept;
        nextAttempt();
        await exchange();
        expect(status()).toMatchObject({ delivered: 1, queued: 0 });
      });
    }

    overHttp('loses nothing while the server is away, with one attempt per window', async () => {
      const port = Number(new URL(sink.url).port);
      await sink.close();
      for (let index = 0; index < 100; index++) fail(`away ${index}`);
      for (let window = 0; window < 3; window++) {
        nextAttempt();
        await until(() => status().state === 'backing-off');
      }
      sink = await startSink(accept, port);
      nextAttempt();
      await exchange();
      expect(status()).toMatchObject({ state: 'idle', offered: 100, delivered: 100, queued: 0 });
      expect(problems.map(({ code }) => code)).toEqual(['ECONNREFUSED', 'RECOVERED']);
    });

    overHttp('does not take a kept connection that the server closed for a failure', async () => {
      fail('first');
      await exchange();
      sink.react = (request) => (request.turn > 1 ? 'reset' : accept(request));
      fail('second');
      vi.advanceTimersByTime(500);
      await until(() => status().delivered === 2);
      expect(problems).toEqual([]);
    });

    overHttp('splits a batch that is too big', async () => {
      sink.react = (request) => (subject.records(request).length > 2 ? { status: 413 } : accept(request));
      for (let index = 0; index < 7; index++) fail(`part ${index}`);
      while (status().queued > 0) {
        vi.advanceTimersByTime(500);
        await exchange();
      }
      expect(status()).toMatchObject({ delivered: 7, rejected: 0 });
    });

    overHttp('delivers the neighbours of a record that the server cannot take', async () => {
      sink.react = (request) => (request.body.includes('poison') ? { status: 400 } : accept(request));
      for (let index = 0; index < 9; index++) fail(index === 5 ? 'poison' : `fine ${index}`);
      while (status().queued > 0) {
        vi.advanceTimersByTime(500);
        await exchange();
      }
      expect(status()).toMatchObject({ reasons: { http_400: 1 }, ...butOne(9) });
    });

    if (partial) {
      overHttp('never sends again what was stored in part', async () => {
        sink.react = (request) => partial(subject.records(request).length);
        for (const message of ['a', 'b', 'c']) fail(message);
        await exchange();
        vi.advanceTimersByTime(60_000);
        expect(sink.requests).toHaveLength(1);
        expect(status()).toMatchObject({ ...butOne(3), queued: 0 });
      });
    }

    overHttp('shows no credential, in whatever the server answers', async () => {
      const echo = ({ headers }: SinkRequest): string => `bad ${String(headers[authorizationHeader])} canary-canary`;
      sink.react = (request) => ({ status: 400, body: echo(request) });
      fail('echo');
      await exchange();
      const shown = JSON.stringify([observability.status(), problems]).replaceAll('canary-canary', '');
      expect(shown).toContain('refused errors with HTTP 400: bad');
      expect(shown).not.toContain(subject.authorization);
      expect(shown).not.toContain('canary');
    });

    it('delivers hostile values in a readable form, and their neighbours whole', async () => {
      const loop: Record<string, unknown> = { half: '\ud800', nothing: Number.NaN, big: 10n ** 30n };
      loop['self'] = loop;
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      fail('loop', Object.assign(new Error('loop'), { loop }));
      fail('proxy', proxy);
      fail('nothing', undefined);
      fail('fine');
      await exchange();
      expect(records().map(({ message }) => message)).toEqual(['loop', 'proxy', 'nothing', 'fine']);
      expect(JSON.stringify(records())).not.toMatch(/\\ud[89ab]/);
    });

    overHttp('lets another destination work while this one hangs', async () => {
      const other = await startSink(() => 'hang');
      await observability.close();
      observability = start(subject.create(other.url), subject.create(sink.url));
      const [hung, well] = [0, 1].map((index) => () => observability.status().exporters[index] as Status);
      fail('a');
      vi.advanceTimersByTime(1);
      await until(() => well?.().delivered === 1);
      fail('b');
      vi.advanceTimersByTime(500);
      await until(() => well?.().delivered === 2);
      expect(hung?.()).toMatchObject({ state: 'sending', queued: 2 });
      vi.useRealTimers();
      await observability.close({ timeoutMs: 1 });
      await other.close();
    });

    it('sends at close what waits, without waiting for its turn', async () => {
      fail('first');
      await exchange();
      fail('second');
      await observability.close();
      fail('late');
      expect(status()).toMatchObject({ state: 'closed', delivered: 2, dropped: 1, reasons: { closed: 1 } });
      await until(() => sink.connections === 0);
    });

    overHttp('closes in time although the server hangs, and says what is left or dropped', async () => {
      sink.react = () => 'hang';
      fail('hung');
      vi.advanceTimersByTime(1);
      await until(() => sink.requests.length === 1);
      const closed = observability.close({ timeoutMs: 2_000 });
      vi.advanceTimersByTime(2_000);
      await closed;
      const rest = subject.hasSpool ? { dropped: 0, spooled: 1 } : { dropped: 1, reasons: { closed: 1 } };
      expect(status()).toMatchObject({ state: 'closed', queued: 0, ...rest });
    });

    overHttp('says at flush whether all is out', async () => {
      fail('out');
      const flushed = observability.flush();
      await exchange();
      expect(await flushed).toBe(true);
      sink.react = () => 'hang';
      fail('stuck');
      const stuck = observability.flush({ timeoutMs: 1_000 });
      vi.advanceTimersByTime(1_000);
      expect(await stuck).toBe(false);
    });
  });
}
