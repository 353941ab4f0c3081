/** Scene: an observability whose clock stands still while real sockets work, held to its books at every look. */
import { createObservability, type Observability } from '@throughline/core';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { afterEach, beforeEach, onTestFinished, vi } from 'vitest';
import type { Exporter } from '../../contract/exporter.js';
import { PATIENCE } from '../../contract/patience.js';

export type Status = ReturnType<Observability['status']>['exporters'][number];

/** Never to be seen in anything that is shown. */
const credential = 'ops@example.com:canary';

const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];

/** Time moves only when the test says so, which sockets do not know; and no proxy of the machine is in the way. */
export function holdStill(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'], now: 1_764_000_000_000 });
    for (const name of proxyVariables.flatMap((each) => [each, each.toLowerCase()])) vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
}

export function exporterTo(url: string, more: Partial<Exporter> = {}, stream = 'prod'): Exporter {
  return { ...openobserveExporter({ url, key: credential, stream }), ...more };
}

/** Far less than the deadline of an exchange, which runs on the same clock. */
const stepMs = 500;

export class Scene {
  readonly problems: string[] = [];
  /** What the logger wrote that is not of the test's own. */
  readonly lines: Record<string, unknown>[] = [];
  readonly observability: Observability;
  onProblem: (message: string) => void = () => undefined;
  #failures = 0;
  #isLeaking = false;

  constructor(...exporters: Exporter[]) {
    this.observability = createObservability({
      isolated: true,
      service: { name: 'shop', version: '1.4.0', environment: 'test' },
      log: { destination: { write: (line) => this.#keep(line) } },
      exporters,
      onProblem: ({ code, message }) => {
        this.#look(message);
        this.problems.push(code);
        this.onProblem(message);
      },
    });
    onTestFinished(() => this.observability.close({ timeoutMs: 1 }));
  }

  /** The status of the first exporter, or of another; nothing in it may be missing or secret. */
  status(index = 0): Status {
    const { exporters } = this.observability.status();
    for (const { offered, delivered, rejected, dropped, unconfirmed, queued, spooled } of exporters) {
      const known = delivered + rejected + dropped + unconfirmed + queued + spooled;
      if (known !== offered) throw new Error(`${offered} errors were offered, but ${known} are accounted for`);
    }
    this.#look(JSON.stringify(exporters));
    if (this.#isLeaking) throw new Error('a credential is shown');
    return exporters[index] as Status;
  }

  #look(shown: string): void {
    this.#isLeaking ||= shown.includes('canary');
  }

  #keep(line: string): void {
    this.#look(line);
    if (line.includes('"logger":"throughline"')) this.lines.push(JSON.parse(line) as Record<string, unknown>);
  }

  /** Logs so many errors, each of its own kind. */
  fail(count = 1, more: object = {}): void {
    for (let index = 0; index < count; index++) {
      const message = `failure ${this.#failures++}`;
      this.observability.logger.error({ err: Object.assign(new Error(message), more) }, message);
    }
  }

  /** Moves on to where the next request leaves; returns how long that took. */
  begin(index = 0): number {
    const waitMs = Math.max(1, Date.parse(this.status(index).nextAttemptAt ?? '') - Date.now());
    vi.advanceTimersByTime(waitMs);
    return waitMs;
  }

  /** Lets one request leave and its outcome take effect; returns how long it waited for its turn. */
  async attempt(index = 0): Promise<number> {
    const waitMs = this.begin(index);
    await this.until(() => this.status(index).state !== 'sending');
    return waitMs;
  }

  /** Lets one request leave, and run out of time once the condition holds. */
  async attemptInVain(condition: () => boolean): Promise<void> {
    this.begin();
    await this.until(condition);
    vi.advanceTimersByTime(10_000);
    await this.until(() => this.status().state !== 'sending');
  }

  /** Lets time pass, and all that falls due in it happen. */
  async pass(durationMs: number): Promise<void> {
    const endMs = Date.now() + durationMs;
    while (Date.now() < endMs) {
      vi.advanceTimersByTime(Math.min(stepMs, endMs - Date.now()));
      await this.until(() => this.#isQuiet());
    }
  }

  #isQuiet(): boolean {
    return this.observability.status().exporters.every(({ state }) => state !== 'sending');
  }

  /** Lets requests leave until nothing waits. */
  async drain(): Promise<void> {
    while (this.status().queued > 0) await this.attempt();
  }

  /** Waits for what real sockets bring about; the books must be right all the while. */
  async until(condition: () => boolean): Promise<void> {
    const endNs = process.hrtime.bigint() + BigInt(PATIENCE.timeout) * 1_000_000n;
    while (!condition()) {
      this.status();
      if (process.hrtime.bigint() > endNs) throw new Error('what was waited for did not happen');
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
