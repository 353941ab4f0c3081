import { describe, expect, it } from 'vitest';
import { report, settle, simpleDestination, simulate } from '../../testing/simulation.js';
import { ConfigError } from '../errors.js';
import { createRedactor } from '../internal/redact.js';
import type { Verdict } from './answer.js';
import { createExporterCore } from './exporter.js';
import type { Attempt, ExportRequest, Outcome } from './transport.js';

const verdict = (value: object): string => JSON.stringify(value);

function fail(): never {
  throw new Error('there is no destination');
}

describe('exporter core', () => {
  it('does nothing at all without a destination', async () => {
    const { core, clock } = simulate({ destinations: [] });
    core.offer(report('lost'));
    expect([core.active, core.status(), clock.pendingTimers]).toEqual([false, [], 0]);
    expect(await core.flush()).toBe(true);
    await core.close();
  });

  it('waits for the first error with no timer', () => {
    expect(simulate().clock.pendingTimers).toBe(0);
  });

  it('sends the first error at once, and what gathers meanwhile as one batch 500 ms later', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a'));
    await clock.advance(0);
    for (const message of ['b', 'c', 'd']) core.offer(report(message));
    await transport.answer(200);
    await clock.advance(499);
    expect(transport.sent).toHaveLength(1);
    await clock.advance(1);
    expect(transport.sent.map(({ atMs, uids }) => [atMs, uids.length])).toEqual([
      [0, 1],
      [500, 3],
    ]);
  });

  it('sends after a quiet time at once again', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a'));
    await clock.advance(0);
    await transport.answer(200);
    await clock.advance(60_000);
    core.offer(report('b'));
    await clock.advance(0);
    expect(transport.sent.map(({ atMs }) => atMs)).toEqual([0, 60_000]);
  });

  it('counts a folded record as all the reports it stands for', async () => {
    const { core, clock, transport } = simulate();
    for (let index = 0; index < 50_000; index++) core.offer(report('same', { fields: { request_id: String(index) } }));
    expect(core.status()).toMatchObject([{ offered: 50_000, queued: 50_000 }]);
    await clock.advance(0);
    expect(transport.open?.uids).toHaveLength(1);
    await transport.answer(200);
    expect(core.status()).toMatchObject([{ offered: 50_000, delivered: 50_000, queued: 0, state: 'idle' }]);
  });

  it('does not fold into a record that was sent before, since the server may hold it already', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('same'));
    await clock.advance(0);
    await transport.fail('ECONNRESET');
    core.offer(report('same'));
    await clock.advance(30_000);
    expect(transport.sent.at(-1)?.uids).toHaveLength(2);
    expect(transport.sent.at(-1)?.uids[0]).toBe(transport.sent[0]?.uids[0]);
  });

  it('takes an error object once, frozen or not, and again when another request meets it', () => {
    const { core } = simulate();
    const error = Object.freeze(new Error('x'));
    for (const fields of [{ request_id: 'r1' }, { request_id: 'r1' }, {}, { request_id: 'r2' }]) {
      core.offer(report('failed', { error, fields }));
    }
    expect(core.status()).toMatchObject([{ offered: 2 }]);
  });

  it('survives hostile reports', async () => {
    const { core, clock, transport } = simulate();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const hostile = Object.defineProperty(new Error('x'), 'name', {
      get: () => {
        throw new Error('no');
      },
    });
    core.offer(report('c', { timeMs: Number.NaN }));
    core.offer(report('a', { error: proxy }));
    core.offer(report('b', { error: hostile }));
    core.offer(report('d', { fields: proxy }));
    expect(core.status()).toMatchObject([{ offered: 4, queued: 4, dropped: 0 }]);
    await clock.advance(0);
    for (const uid of transport.open?.uids ?? []) expect(uid).toMatch(/^[0-7][0-9A-Z]{25}$/);
  });

  it('backs off for 30 s after a failure, keeping the batch, with one probe at a time', async () => {
    const { core, clock, transport, problems } = simulate();
    core.offer(report('a'));
    await clock.advance(0);
    await transport.fail('ECONNREFUSED');
    expect(core.status()).toMatchObject([
      {
        state: 'backing-off',
        queued: 1,
        lastError: { code: 'ECONNREFUSED' },
        nextAttemptAt: '2025-11-24T16:00:30.000Z',
      },
    ]);
    for (let window = 1; window <= 3; window++) {
      await clock.advance(30_000);
      expect(transport.sent).toHaveLength(1 + window);
      await transport.fail('ECONNREFUSED');
    }
    await clock.advance(30_000);
    await transport.answer(200);
    expect(core.status()).toMatchObject([{ state: 'idle', delivered: 1, queued: 0, nextAttemptAt: null }]);
    expect(problems.map(({ code }) => code)).toEqual(['ECONNREFUSED', 'RECOVERED']);
  });

  it('comes back when the server asked for it, within limits', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a'));
    await clock.advance(0);
    await transport.answer(503, verdict({ kind: 'retry' }), { 'retry-after': '2' });
    await clock.advance(2_199);
    expect(transport.sent).toHaveLength(1);
    await clock.advance(1);
    await transport.answer(503, verdict({ kind: 'retry' }), { 'retry-after': '999999' });
    await clock.advance(300_000);
    expect(transport.sent).toHaveLength(3);
  });

  it('does not care when the wall clock jumps', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a'));
    await clock.advance(0);
    await transport.answer(200);
    clock.wallMs -= 3_600_000;
    core.offer(report('b'));
    await clock.advance(500);
    expect(transport.sent).toHaveLength(2);
  });

  it('keeps errors while the credential is not accepted', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a'));
    await clock.advance(0);
    await transport.answer(401, verdict({ kind: 'auth' }));
    expect(core.status()).toMatchObject([{ state: 'paused', queued: 1, lastError: { code: 'HTTP_401' } }]);
    await clock.advance(30_000);
    await transport.answer(200);
    expect(core.status()).toMatchObject([{ state: 'idle', delivered: 1 }]);
  });

  it('finds the one bad record by halving, and delivers its neighbours', async () => {
    const { core, clock, transport } = simulate();
    for (let index = 0; index < 100; index++) core.offer(report(`m${index}`));
    await clock.advance(0);
    const bad = transport.open?.uids[61] ?? '';
    while (transport.open) {
      const refused = transport.open.uids.includes(bad);
      await transport.answer(refused ? 400 : 200, refused ? verdict({ kind: 'rejected', separable: true }) : '');
      await clock.advance(500);
    }
    expect(core.status()).toMatchObject([{ delivered: 99, rejected: 1, queued: 0, reasons: { http_400: 1 } }]);
    expect(transport.sent.length).toBeLessThan(20);
  });

  it('gives up whole batches, at the pace of back-off, when everything is refused', async () => {
    const { core, clock, transport } = simulate();
    for (let index = 0; index < 100; index++) core.offer(report(`m${index}`));
    await clock.advance(0);
    while (transport.open) {
      await transport.answer(400, verdict({ kind: 'rejected', separable: true }));
      await clock.advance(36_000);
    }
    expect(core.status()).toMatchObject([{ rejected: 100, queued: 0 }]);
    expect(transport.sent.length).toBeLessThan(20);
  });

  it('splits what is too big, cuts a single record once, then gives it up', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a', { error: new Error('x'.repeat(10_000)) }));
    core.offer(report('b'));
    await clock.advance(0);
    const [uid] = transport.open?.uids ?? [];
    while (transport.open) {
      const refused = transport.open.uids.includes(uid ?? '');
      await transport.answer(refused ? 413 : 200, refused ? verdict({ kind: 'too-big' }) : '');
      await clock.advance(500);
    }
    expect(transport.sent.map(({ uids }) => uids.length)).toEqual([2, 1, 2, 1, 1]);
    expect(core.status()).toMatchObject([{ delivered: 1, rejected: 1, truncated: 1, reasons: { too_big: 1 } }]);
  });

  it('sends unaccounted records once more, then counts them as unconfirmed', async () => {
    const { core, clock, transport } = simulate();
    for (const message of ['a', 'b', 'c']) core.offer(report(message));
    await clock.advance(0);
    const missing = verdict({ kind: 'partial', rejected: 0, unconfirmed: 1 });
    await transport.answer(200, missing);
    core.offer(report('d'));
    await clock.advance(500);
    expect(transport.open?.uids).toEqual(transport.sent[0]?.uids);
    await transport.answer(200, missing);
    expect(core.status()).toMatchObject([{ delivered: 2, unconfirmed: 1, queued: 1, reasons: { unconfirmed: 1 } }]);
  });

  it('never sends again what was stored in part', async () => {
    const { core, clock, transport } = simulate();
    for (const message of ['a', 'b', 'c']) core.offer(report(message));
    await clock.advance(0);
    await transport.answer(200, verdict({ kind: 'partial', rejected: 2, unconfirmed: 0, detail: 'too old' }));
    await clock.advance(60_000);
    expect(transport.sent).toHaveLength(1);
    expect(core.status()).toMatchObject([
      { delivered: 1, rejected: 2, lastError: { message: 'did not confirm all errors of a batch: too old' } },
    ]);
  });

  it('halves the batch when time runs out, and grows it again', async () => {
    const { core, clock, transport } = simulate();
    for (let index = 0; index < 8; index++) core.offer(report(`m${index}`));
    await clock.advance(0);
    await transport.fail('TIMEOUT');
    await clock.advance(30_000);
    await transport.answer(200);
    await clock.advance(500);
    expect(transport.sent.map(({ uids }) => uids.length)).toEqual([8, 4, 4]);
  });

  it('keeps 50,000 distinct errors within 8 MiB, and counts exactly those that it drops', async () => {
    const { core, clock, transport } = simulate({ maxBytes: 8_388_608 });
    for (let index = 0; index < 50_000; index++) core.offer(report(`error ${index}`));
    const [{ offered, queued, dropped, reasons } = fail()] = core.status();
    expect([offered, queued + dropped, reasons]).toEqual([50_000, 50_000, { queue_full: dropped }]);
    await clock.advance(0);
    const uids: string[] = [];
    for (; transport.open; await clock.advance(500)) {
      uids.push(...transport.open.uids);
      await transport.answer(200);
    }
    expect(new Set(uids).size).toBe(queued);
    expect(core.status()).toMatchObject([{ delivered: queued, dropped, queued: 0 }]);
  });

  it('sends one batch, and no burst, after the process stood still for 30 s', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('before'));
    await clock.advance(0);
    await transport.answer(200);
    core.offer(report('one'));
    clock.skip(30_000);
    for (const message of ['two', 'three']) core.offer(report(message));
    await clock.advance(0);
    expect(transport.sent.map(({ atMs, uids }) => [atMs, uids.length])).toEqual([
      [0, 1],
      [30_000, 3],
    ]);
    await transport.answer(200);
    core.offer(report('four'));
    await clock.advance(499);
    expect(transport.sent).toHaveLength(2);
  });

  it('answers every flush that waits at the same time, and none before all is out', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a'));
    const answers: string[] = [];
    const flushes = ['first', 'second'].map((name) => core.flush().then((isOut) => answers.push(`${name} ${isOut}`)));
    await clock.advance(0);
    expect(answers).toEqual([]);
    await transport.answer(200);
    await Promise.all(flushes);
    expect(answers).toEqual(['first true', 'second true']);
  });

  it('drops the oldest when memory is full, and says why', async () => {
    const { core, clock, problems } = simulate({ maxBytes: 65_536 });
    for (let index = 0; index < 1_000; index++) core.offer(report(`m${index}`));
    await clock.advance(0);
    const [status] = core.status();
    expect(status?.queued).toBeGreaterThan(50);
    expect(status).toMatchObject({ offered: 1_000, reasons: { queue_full: status?.dropped } });
    expect((status?.queued ?? 0) + (status?.dropped ?? 0)).toBe(1_000);
    expect(problems.map(({ code }) => code)).toEqual(['QUEUE_FULL']);
  });

  it('leaves a destination that is well alone with the trouble of another', async () => {
    const { core, clock, transports } = simulate({
      destinations: [simpleDestination('ill'), simpleDestination('well')],
    });
    const [ill, well] = transports;
    for (let index = 0; index < 5; index++) {
      core.offer(report(`m${index}`));
      await clock.advance(500);
      await ill?.fail('ECONNREFUSED');
      await well?.answer(200);
    }
    expect(core.status()).toMatchObject([
      { name: 'ill', queued: 5 },
      { name: 'well', delivered: 5, state: 'idle' },
    ]);
    expect(ill?.sent[0]?.uids).toEqual(well?.sent[0]?.uids);
  });

  it('answers a flush with true when all is out, with false when the time is over', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a'));
    const first = core.flush({ timeoutMs: 1_000 });
    await clock.advance(1_000);
    expect(await first).toBe(false);
    const second = core.flush({ timeoutMs: 1_000 });
    await transport.answer(200);
    expect(await second).toBe(true);
    expect(await core.flush()).toBe(true);
  });

  it('sends everything at close without waiting for the pace', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a'));
    await clock.advance(0);
    core.offer(report('b'));
    const closed = Promise.all([core.close(), core.close()]);
    await transport.answer(200);
    expect(transport.sent).toHaveLength(2);
    await transport.answer(200);
    await closed;
    expect(core.status()).toMatchObject([{ state: 'closed', delivered: 2, queued: 0 }]);
    expect([transport.isClosed, clock.pendingTimers]).toEqual([true, 0]);
  });

  it('drops at close what does not leave in time', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a'));
    await clock.advance(0);
    const closed = core.close({ timeoutMs: 2_000 });
    const flushed = core.flush();
    await clock.advance(2_000);
    await closed;
    core.offer(report('b'));
    expect(await flushed).toBe(false);
    expect(transport.open).toBeUndefined();
    expect(core.status()).toMatchObject([
      { state: 'closed', offered: 2, dropped: 2, reasons: { closed: 2 }, queued: 0 },
    ]);
  });

  it('tries once at close although it is backing off, then gives up', async () => {
    const { core, clock, transport } = simulate();
    core.offer(report('a'));
    await clock.advance(0);
    await transport.fail('ECONNREFUSED');
    const closed = core.close();
    await settle();
    await transport.fail('ECONNREFUSED');
    await closed;
    expect(transport.sent).toHaveLength(2);
    expect(core.status()).toMatchObject([{ dropped: 1, queued: 0 }]);
  });

  it.each([
    ['encodes nothing', { encode: () => undefined as unknown as ExportRequest }, { rejected: 1, queued: 0 }],
    ['encodes no body', { encode: () => ({ url: 'x', headers: {} }) as ExportRequest }, { rejected: 1, queued: 0 }],
    ['encodes no headers', { encode: () => ({ url: 'x', body: 'x' }) as ExportRequest }, { rejected: 1, queued: 0 }],
    [
      'wants a pause of no length',
      { classify: (): Verdict => ({ kind: 'retry', pauseMs: NaN }) },
      { queued: 1, nextAttemptAt: expect.any(String) },
    ],
    ['cannot judge', { classify: () => undefined as unknown as Verdict }, { rejected: 1, queued: 0 }],
  ])('outlives a destination that %s', async (_, broken, expected) => {
    const { core, clock, transport } = simulate({ destinations: [{ ...simpleDestination(), ...broken }] });
    core.offer(report('a'));
    await clock.advance(1);
    await transport.answer(200);
    expect(core.status()).toMatchObject([expected]);
  });

  it('outlives a transport that throws, and keeps the errors', async () => {
    const send = (): never => {
      throw new Error('broken');
    };
    const destination = { ...simpleDestination(), createTransport: () => ({ send, close: () => undefined }) };
    const { core, clock } = simulate({ destinations: [destination] });
    core.offer(report('a'));
    await clock.advance(1);
    expect(core.status()).toMatchObject([
      {
        state: 'backing-off',
        queued: 1,
        lastError: { code: 'TRANSPORT_FAILED', message: 'Error: broken; errors are kept' },
      },
    ]);
  });

  it.each([undefined, {}, { kind: 'answer' }, { kind: 'answer', answer: { status: 500, body: '' } }])(
    'outlives a transport that gives %j for an outcome, and keeps the errors',
    async (outcome) => {
      const send = (): Attempt => ({ outcome: Promise.resolve(outcome as Outcome), abort: () => undefined });
      const destination = { ...simpleDestination(), createTransport: () => ({ send, close: () => undefined }) };
      const { core, clock } = simulate({ destinations: [destination] });
      core.offer(report('a'));
      await clock.advance(1);
      expect(core.status()).toMatchObject([
        { state: 'backing-off', queued: 1, lastError: { code: 'TRANSPORT_FAILED' } },
      ]);
    },
  );

  it('outlives a listener that throws', async () => {
    const core = createExporterCore({
      destinations: [
        {
          ...simpleDestination(),
          encode: () => {
            throw new Error('broken');
          },
        },
      ],
      service: { name: 'shop' },
      redactor: createRedactor(),
      onProblem: () => {
        throw new Error('listener');
      },
    });
    core.offer(report('a'));
    expect(await core.flush()).toBe(true);
    expect(core.status()).toMatchObject([{ rejected: 1, reasons: { unencodable: 1 } }]);
    await core.close();
  });

  it('refuses a bound that leaves no room', () => {
    expect(() => simulate({ maxBytes: 1 })).toThrow(ConfigError);
  });

  it('lets nothing happen inside the call itself', async () => {
    const { core, transport, clock } = simulate();
    core.offer(report('a'));
    await settle();
    expect(transport.sent).toHaveLength(0);
    await clock.advance(0);
    expect(transport.sent).toHaveLength(1);
  });

  it('sends bigger batches again once smaller ones are taken', async () => {
    const { core, clock, transport } = simulate();
    for (let index = 0; index < 200; index++) core.offer(report(`error ${index}`));
    await clock.advance(0);
    while ((transport.open?.uids.length ?? 0) > 1) {
      await transport.answer(413, verdict({ kind: 'too-big' }));
      await clock.advance(500);
    }
    const before = transport.sent.length;
    while (transport.open) {
      await transport.answer(200);
      await clock.advance(500);
    }
    expect(core.status()).toMatchObject([{ delivered: 200 }]);
    expect(transport.sent.length - before).toBeLessThan(100);
  });

  it('leaves a destination in peace that finds everything too big, also while closing', async () => {
    const { core, clock, transport } = simulate();
    for (let index = 0; index < 50; index++) core.offer(report(`error ${index}`));
    await clock.advance(0);
    for (let answers = 0; answers < 20; answers++) {
      await transport.answer(413, verdict({ kind: 'too-big' }));
      await clock.advance(500);
    }
    expect(core.status()).toMatchObject([{ state: 'backing-off', rejected: 4, queued: 46 }]);
    const closed = core.close();
    await settle();
    await transport.answer(413, verdict({ kind: 'too-big' }));
    while (transport.open) await transport.answer(413, verdict({ kind: 'too-big' }));
    await closed;
    expect(core.status()).toMatchObject([{ state: 'closed', rejected: 5, dropped: 45 }]);
  });
});
