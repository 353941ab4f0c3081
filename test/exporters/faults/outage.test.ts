import { describe, expect, it, vi } from 'vitest';
import { createCertificate } from './certificate.js';
import { startProxy } from './proxy-server.js';
import { exporterTo, holdStill, Scene } from './scene.js';
import { answer, startWire, store, type Wire } from './wire.js';

holdStill();

const hourMs = 3_600_000;
const urlOf = ({ port }: Wire): string => `http://127.0.0.1:${port}`;

describe('an hour', () => {
  it('in which one destination is away, is like any other for the next one', async () => {
    const [away, well] = [await startWire(), await startWire()];
    const { port } = away;
    await away.close();
    const scene = new Scene(exporterTo(`http://127.0.0.1:${port}`), exporterTo(urlOf(well)));
    for (let minute = 1; minute <= 60; minute++) {
      scene.fail();
      await scene.pass(1_000);
      expect(scene.status(1)).toMatchObject({ state: 'idle', delivered: minute, queued: 0 });
      await scene.pass(59_000);
    }
    expect(scene.status(0)).toMatchObject({ state: 'backing-off', queued: 60 });
    expect(well.connections).toBe(1);
    const back = await startWire(store, { port });
    await scene.drain();
    expect(scene.status(0)).toMatchObject({ delivered: 60, reasons: {} });
    expect([back.ledger.length, well.ledger.length]).toEqual([60, 60]);
    expect(scene.problems).toEqual(['ECONNREFUSED', 'RECOVERED']);
  });

  it.each([401, 403])(
    'of %i costs one request per window and no error, once the key is accepted again',
    async (status) => {
      const wire = await startWire((socket) => socket.write(answer(status, 'who are you, canary?')));
      const scene = new Scene(exporterTo(urlOf(wire)));
      scene.fail(300);
      await scene.pass(hourMs);
      expect(scene.status()).toMatchObject({ state: 'paused', queued: 300 });
      expect(wire.requests.length).toBeLessThanOrEqual(1 + hourMs / 24_000);
      wire.react = store;
      await scene.drain();
      expect(scene.status()).toMatchObject({ delivered: 300, reasons: {} });
      expect(scene.problems).toEqual([`HTTP_${status}`, 'RECOVERED']);
    },
  );
});

describe('a server that says 429 to five at once', () => {
  /** When each request came, by who sent it. */
  async function storm(headers: Record<string, string>, durationMs: number): Promise<Map<string, number[]>> {
    const times = new Map<string, number[]>();
    const wire = await startWire((socket, { target }) => {
      times.set(target, [...(times.get(target) ?? []), Date.now()]);
      socket.write(answer(429, '', headers));
    });
    const scenes = Array.from({ length: 5 }, (_, index) => new Scene(exporterTo(urlOf(wire), {}, `app${index}`)));
    const endMs = Date.now() + durationMs;
    while (Date.now() < endMs) {
      for (const scene of scenes) scene.fail();
      vi.advanceTimersByTime(100);
      for (const scene of scenes) await scene.until(() => scene.status().state !== 'sending');
    }
    return times;
  }

  function gaps(times: readonly number[]): number[] {
    return times.slice(1).map((time, index) => time - (times[index] ?? 0));
  }

  it('hears from each once in its window, and not from all together', async () => {
    const times = [...(await storm({}, 120_000)).values()];
    expect(times).toHaveLength(5);
    expect(Math.min(...times.flatMap(gaps))).toBeGreaterThanOrEqual(24_000);
    expect(new Set(times.flatMap((each) => each.slice(1))).size).toBeGreaterThanOrEqual(8);
  });

  it('is not asked again before the time it names, nor twice in 500 ms by anybody when it names none', async () => {
    for (const [seconds, leastMs] of [
      ['2', 2_000],
      ['0', 1_000],
    ] as const) {
      const times = [...(await storm({ 'retry-after': seconds }, 10_000)).values()];
      expect(Math.min(...times.flatMap(gaps))).toBeGreaterThanOrEqual(leastMs);
    }
  });
});

describe('closing', () => {
  const certificate = createCertificate();

  it.each(['an answer', 'a handshake', 'a proxy'])('waits no longer than it may for %s', async (what) => {
    const wire = await startWire(() => undefined, { tls: certificate });
    const silent = await startWire();
    silent.intercept = () => true;
    const proxy = await startProxy(wire.port);
    proxy.refusal = 0;
    vi.stubEnv('https_proxy', `http://127.0.0.1:${proxy.port}`);
    const [url, reached] = {
      'an answer': [`https://localhost:${wire.port}`, () => wire.requests.length],
      'a handshake': [`https://localhost:${silent.port}`, () => silent.open.size],
      'a proxy': ['https://logs.test', () => proxy.asked.length],
    }[what] as [string, () => number];
    const scene = new Scene(exporterTo(url, { tls: { ca: certificate.cert } }));
    scene.fail(2);
    scene.begin();
    await scene.until(() => reached() === 1);
    const closed = scene.observability.close({ timeoutMs: 2_000 });
    vi.advanceTimersByTime(2_000);
    await closed;
    expect(scene.status()).toMatchObject({ state: 'closed', dropped: 2, queued: 0, reasons: { closed: 2 } });
    await scene.until(() => wire.open.size + silent.open.size + proxy.open.size === 0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
