import { Server } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Clock, Timer } from '../internal/clock.js';
import type { GracefulShutdownOptions, Shutdown } from './options.js';
import { createShutdown } from './shutdown.js';

type Listener = (signal: NodeJS.Signals) => void;

/** A process and a clock that do nothing by themselves, and everything that was done to them in order. */
class Stage {
  readonly done: string[] = [];
  readonly listeners = new Map<string, Set<Listener>>();
  isInteractive = false;
  resources: string[] = [];
  private nowMs = 0;
  private readonly timers: { atMs: number; call: () => void }[] = [];

  readonly clock: Clock = {
    now: () => this.nowMs,
    monotonicMs: () => this.nowMs,
    after: (delayMs, call): Timer => {
      const timer = { atMs: this.nowMs + delayMs, call };
      this.timers.push(timer);
      return { cancel: () => void this.timers.splice(this.timers.indexOf(timer) >>> 0, 1) };
    },
  };

  readonly process = {
    on: (signal: string, listener: Listener) => void this.of(signal).add(listener),
    off: (signal: string, listener: Listener) => void this.of(signal).delete(listener),
    listenerCount: (signal: string) => this.of(signal).size,
    activeResources: () => this.resources,
    setExitCode: (code: number) => void this.done.push(`exit code ${code}`),
    end: (code: number) => void this.done.push(`end ${code}`),
  };

  readonly observability = {
    health: { drain: () => void this.done.push('drain') },
    getLogger: () =>
      new Proxy({} as never, {
        get: (_, level: string) => (_fields: object, msg: string) => this.done.push(`${level}: ${msg}`),
      }),
    close: ({ timeoutMs }: { timeoutMs?: number } = {}) =>
      Promise.resolve(void this.done.push(`close within ${timeoutMs}`)),
  };

  start(options: GracefulShutdownOptions = {}, server = new Server()): Shutdown {
    return createShutdown([server], { observability: this.observability, ...options }, () => this.observability, this);
  }

  raise(signal: NodeJS.Signals): void {
    for (const listener of this.of(signal)) listener(signal);
  }

  /** Lets so much time pass, with all that happens in it. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    await settled();
    for (;;) {
      const [next] = this.timers.filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs);
      if (!next) break;
      this.timers.splice(this.timers.indexOf(next), 1);
      this.nowMs = next.atMs;
      next.call();
      await settled(); // oxlint-disable-line no-await-in-loop -- one after the other, as time does
    }
    this.nowMs = untilMs;
  }

  private of(signal: string): Set<Listener> {
    const listeners = this.listeners.get(signal) ?? new Set();
    this.listeners.set(signal, listeners);
    return listeners;
  }
}

/** Some turns of the event loop: what was to happen by now has. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve)); // oxlint-disable-line no-await-in-loop -- they come one by one
}

describe('a shutdown', () => {
  it('drains at once, waits for the delay, runs hooks in order and closes the exporters last', async () => {
    const stage = new Stage();
    const hooks = ['a', 'b'].map((name) => ({ name, run: () => void stage.done.push(name) }));
    stage.start({ hooks });
    stage.raise('SIGTERM');
    expect(stage.done).toEqual(['info: shutdown begins', 'drain']);
    await stage.pass(4999);
    expect(stage.done).toHaveLength(2);
    await stage.pass(1);
    expect(stage.done.slice(2)).toEqual(['a', 'b', 'close within 2000', 'info: shutdown complete', 'exit code 0']);
  });

  it('does not wait for the delay on Ctrl-C in a terminal, but does on any other SIGINT', async () => {
    for (const isInteractive of [true, false]) {
      const stage = Object.assign(new Stage(), { isInteractive });
      stage.start();
      stage.raise('SIGINT');
      await stage.pass(0); // oxlint-disable-line no-await-in-loop -- one stage after the other
      expect(stage.done.includes('info: shutdown complete')).toBe(isInteractive);
    }
  });

  it('gives up on a hook and aborts its signal when its time is up, not before', async () => {
    const stage = new Stage();
    const signals: AbortSignal[] = [];
    const run = (signal: AbortSignal): Promise<void> => new Promise(() => signals.push(signal));
    const { shutdown } = stage.start({ delayMs: 0, hooks: [{ name: 'queue', run, timeoutMs: 700 }] });
    const report = shutdown();
    await stage.pass(699);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await stage.pass(1);
    expect(signals.map(({ reason }) => (reason as Error).message)).toEqual(['queue took more than 700 ms']);
    expect((await report).hooks).toEqual([{ name: 'queue', status: 'timed out', durationMs: 700 }]);
    expect(stage.done).toContain('error: shutdown hook timed out');
  });

  it('keeps what a hook threw out of the printed report', async () => {
    const stage = new Stage();
    const error = new Error('postgres://user:secret@db');
    const hooks = [{ name: 'pool', run: () => Promise.reject(error) }];
    const report = stage.start({ hooks }).shutdown('by hand', { delayMs: 0 });
    await stage.pass(0);
    const [hook] = (await report).hooks;
    expect(hook?.error).toBe(error);
    expect(JSON.stringify(await report)).not.toContain('secret');
  });

  it('gives up on exporters that do not close', async () => {
    const stage = new Stage();
    stage.observability.close = () => new Promise(() => undefined);
    const report = stage.start({ delayMs: 0, flushTimeoutMs: 300 }).shutdown();
    await stage.pass(300);
    expect((await report).phases.flushMs).toBe(300);
  });

  it('ends the process when something keeps it alive for 200 ms after', async () => {
    const stage = new Stage();
    stage.start({ delayMs: 0, exitCode: 4 });
    stage.raise('SIGTERM');
    await stage.pass(199);
    expect(stage.done).not.toContain('end 4');
    await stage.pass(1);
    expect(stage.done.slice(-2)).toEqual(['warn: something kept the process alive; it was ended', 'end 4']);
  });

  it('ends the process at once on a second signal, whichever', () => {
    const stage = new Stage();
    stage.start();
    stage.raise('SIGTERM');
    stage.raise('SIGINT');
    expect(stage.done.at(-1)).toBe('end 130');
  });

  it('takes a first signal during a shutdown by hand for the end of the process, not for a second one', async () => {
    const stage = new Stage();
    void stage.start().shutdown('by hand');
    stage.raise('SIGTERM');
    expect(stage.done.filter((what) => what.startsWith('end'))).toEqual([]);
    await stage.pass(5000);
    expect(stage.done).toContain('exit code 0');
  });

  it('gives all who ask the same report', async () => {
    const stage = new Stage();
    const { shutdown } = stage.start({ delayMs: 0 });
    const reports = Promise.all([shutdown('first'), shutdown('second')]);
    await stage.pass(0);
    const [first, second] = await reports;
    expect(first).toBe(second);
    expect(first?.reason).toBe('first');
    expect(stage.done.filter((what) => what === 'drain')).toHaveLength(1);
  });

  it('names what keeps the process alive', async () => {
    const stage = Object.assign(new Stage(), { resources: ['Timeout'] });
    const report = stage.start({ delayMs: 0 }).shutdown();
    await stage.pass(0);
    expect((await report).keptAliveBy).toEqual(['Timeout']);
  });

  it('takes all its listeners back after a shutdown by hand, and when it is disposed of', async () => {
    const stage = new Stage();
    const server = new Server();
    const before = server.listenerCount('close');
    const report = stage.start({ delayMs: 0 }, server).shutdown();
    await stage.pass(0);
    await report;
    stage.start({}, server).dispose();
    expect(stage.process.listenerCount('SIGTERM') + stage.process.listenerCount('SIGINT')).toBe(0);
    expect(server.listenerCount('close')).toBe(before);
    expect(Object.hasOwn(server, 'emit') && server.emit !== Server.prototype.emit).toBe(false);
  });

  it('listens for no upgrade, because Node serves those as requests that nobody listens for', () => {
    const server = new Server();
    new Stage().start({}, server);
    expect(server.listenerCount('upgrade') + server.listenerCount('connect')).toBe(0);
  });

  it('lets whoever wants it take over the first signal, and says whether anybody else listens', () => {
    const stage = new Stage();
    const told: unknown[] = [];
    stage.start({ onFirstSignal: (signal, isAlone) => told.push(signal, isAlone) });
    stage.process.on('SIGTERM', () => undefined);
    stage.raise('SIGTERM');
    expect(told).toEqual(['SIGTERM', false]);
    expect(stage.done).toEqual([]);
  });
});

const idle = (): number => 0;

describe('the options of a shutdown', () => {
  it.each([
    [{ delayMs: -1 }, 'delayMs must be a number from 0 to 2147483647, got -1'],
    [{ signals: ['SIGKILL'] }, 'signals must be a list of signals that can be caught, such as SIGTERM, got "SIGKILL"'],
    [{ signals: 'SIGTERM' }, 'signals must be a list of signals, got "SIGTERM"'],
    [{ hooks: [idle] }, 'hooks[0] must be an object with name and run, got "function"'],
    [{ hooks: [{ run: idle }] }, 'hooks[0].name must be a text, got undefined'],
    [{ hooks: [{ name: 'pool' }] }, 'hooks.pool.run must be a function, got undefined'],
    [
      { hooks: [{ name: 'pool', run: idle, timeoutMs: 0 }] },
      'hooks.pool.timeoutMs must be a number from 1 to 2147483647, got 0',
    ],
    [{ exitCode: 256 }, 'exitCode must be a number from 0 to 255, got 256'],
    [{ onDrainSocket: 1 }, 'onDrainSocket must be a function, got 1'],
    [{ onFirstSignal: 1 }, 'onFirstSignal must be a function, got 1'],
    [
      { preStopMs: 5000, delayMs: 15_000, hooks: [{ name: 'pool', run: idle, timeoutMs: 3000 }] },
      'gracePeriodMs must be at least 35000, which a shutdown may take (preStopMs 5000 + delayMs 15000 + closeTimeoutMs 10000 + hooks.pool 3000 + flushTimeoutMs 2000), got 30000',
    ],
  ])('are refused when they are %o', (options, message) => {
    const stage = new Stage();
    expect(() => stage.start(options as unknown as GracefulShutdownOptions)).toThrow(message);
    expect(stage.process.listenerCount('SIGTERM')).toBe(0);
  });

  it('may fill the grace period to the last millisecond', () => {
    expect(() => new Stage().start({ delayMs: 18_000 })).not.toThrow();
  });

  it('come with a server', () => {
    const start = (): Shutdown => new Stage().start({}, 'app' as unknown as Server);
    expect(start).toThrow(/^server must be what http.createServer\(\) .* returned, got "string"$/);
  });
});
