/** Simulation: an exporter core whose clock and network obey the test. */
import { createExporterCore, type ExporterCore } from '../src/export/exporter.js';
import type { Answer, Verdict } from '../src/export/answer.js';
import type { Destination } from '../src/export/destination.js';
import type { Handover } from '../src/export/handover.js';
import type { ExportProblem } from '../src/export/problem.js';
import type { ErrorReport } from '../src/export/report.js';
import type { SpoolSettings } from '../src/export/spool/create-spool.js';
import type { Disk } from '../src/export/spool/disk.js';
import type { Neighbourhood } from '../src/export/spool/owner.js';
import type { Attempt, ExportRequest, Outcome, Transport } from '../src/export/transport.js';
import type { Clock, Timer } from '../src/internal/clock.js';
import { createRedactor } from '../src/internal/redact.js';

/** A clock that moves when it is told to. */
export class FakeClock implements Clock {
  wallMs = 1_764_000_000_000;
  #nowMs = 0;
  #timers: { dueMs: number; call: () => void }[] = [];

  now(): number {
    return this.wallMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, call: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, call };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  /** Lets time pass without anybody noticing, as a call that blocks does. */
  skip(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Moves on, calling what falls due in its order; lets promises settle in between. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      await settle();
      const due = this.#timers.filter(({ dueMs }) => dueMs <= endMs).toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, due.dueMs);
      this.#timers = this.#timers.filter((timer) => timer !== due);
      due.call();
    }
    this.#nowMs = endMs;
    await settle();
  }
}

/** Lets promises that are settled call their listeners. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export interface SentRequest {
  readonly atMs: number;
  readonly uids: readonly string[];
  readonly request: ExportRequest;
  readonly timeoutMs: number;
  isOpen: boolean;
  finish(outcome: Outcome): void;
}

/** Keeps every request until the test answers it; also notes what must never happen. */
export class FakeTransport implements Transport {
  readonly sent: SentRequest[] = [];
  readonly violations: string[] = [];
  isClosed = false;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  get open(): SentRequest | undefined {
    return this.sent.find(({ isOpen }) => isOpen);
  }

  send(request: ExportRequest, timeoutMs: number): Attempt {
    if (this.open) this.violations.push('two requests at once');
    const { promise, resolve } = withResolvers<Outcome>();
    const sent: SentRequest = {
      atMs: this.#clock.monotonicMs(),
      uids: String(request.body).split(',').filter(Boolean),
      request,
      timeoutMs,
      isOpen: true,
      finish(outcome) {
        sent.isOpen = false;
        resolve(outcome);
      },
    };
    this.sent.push(sent);
    return { outcome: promise, abort: () => sent.finish({ kind: 'failure', code: 'ABORTED', message: 'aborted' }) };
  }

  close(): void {
    this.isClosed = true;
  }

  /** Answers the open request, and lets the exporter take note. */
  async answer(status: number, body = '', headers: Answer['headers'] = {}): Promise<void> {
    this.open?.finish({ kind: 'answer', answer: { status, headers, body } });
    await settle();
  }

  async fail(code: string): Promise<void> {
    this.open?.finish({ kind: 'failure', code, message: `failed with ${code}` });
    await settle();
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settled) => (resolve = settled));
  return { promise, resolve };
}

/** A destination that writes the uids and takes the verdict from the body of the answer. */
export function simpleDestination(name = 'simple'): Destination {
  return {
    name,
    endpoint: `https://${name}.example/in`,
    encode: (batch) => ({
      url: `https://${name}.example/in`,
      headers: {},
      body: batch.map((entry) => entry.record.uid).join(','),
    }),
    classify: (answer) => (answer.body === '' ? { kind: 'accepted' } : (JSON.parse(answer.body) as Verdict)),
  };
}

export interface Simulation {
  readonly core: ExporterCore;
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  readonly transports: readonly FakeTransport[];
  readonly problems: ExportProblem[];
}

export interface SimulationOptions {
  destinations?: (Destination | Handover)[];
  maxBytes?: number;
  clock?: FakeClock;
  spool?: SpoolSettings;
  disk?: Disk;
  we?: Neighbourhood;
}

export function simulate({ clock = new FakeClock(), ...options }: SimulationOptions = {}): Simulation {
  const transports: FakeTransport[] = [];
  const problems: ExportProblem[] = [];
  const core = createExporterCore({
    ...options,
    destinations: options.destinations ?? [simpleDestination()],
    service: { name: 'shop', version: '1.4.0', environment: 'test' },
    redactor: createRedactor(),
    onProblem: (problem) => problems.push(problem),
    clock,
    random: () => 0.5,
    createTransport() {
      const transport = new FakeTransport(clock);
      transports.push(transport);
      return transport;
    },
  });
  const [transport = new FakeTransport(clock)] = transports;
  return { core, clock, transport, transports, problems };
}

export function report(message: string, more: Partial<ErrorReport> = {}): ErrorReport {
  return { level: 'error', timeMs: 1_764_000_000_000, message, fields: {}, ...more };
}
