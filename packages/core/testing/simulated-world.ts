/** Simulated world: processes one after another, or side by side, over one disk and two servers. */
import type { Destination } from '../src/export/destination.js';
import { SimulatedDisk, Storage } from './simulated-disk.js';
import { FakeClock, report, simulate, type Simulation } from './simulation.js';

/** Writes what it got, so that the test can keep a ledger at the receiving side. */
function destination(name: string): Destination {
  const endpoint = `https://${name}.example/in`;
  return {
    name,
    endpoint,
    encode: (batch) => {
      const records = batch.map(({ record: { uid, message }, count }) => ({ uid, message, count }));
      return { url: endpoint, headers: {}, body: JSON.stringify(records) };
    },
    classify: ({ status }, { length }) => {
      if (status === 413 && length > 1) return { kind: 'too-big' };
      return { kind: status === 200 ? 'accepted' : 'retry' };
    },
  };
}

/** The destinations of every process. */
export const names = ['one', 'two'] as const;
const startMs = 1_764_000_000_000;

/** What arrived at a destination: each record once, with the most reports it ever stood for. */
type Arrived = Map<string, { message: string; count: number }>;

/** Processes one after another, or side by side, over one disk and two servers. */
export class World {
  readonly storage = new Storage();
  readonly arrived: Record<string, Arrived> = { one: new Map(), two: new Map() };
  /** Reports by message: handed over, and on disk when the call returned. */
  readonly offered = new Map<string, number>();
  readonly acknowledged = new Map<string, number>();
  /** Reports that processes which are gone gave up, by destination. */
  readonly dropped: Record<string, number> = { one: 0, two: 0 };
  readonly live = new Set<Process>();
  #nowMs = startMs;
  #lastPid = 0;

  start(): Process {
    for (const process of this.live) this.#nowMs = Math.max(this.#nowMs, process.clock.now());
    const process = new Process(this, ++this.#lastPid, this.#nowMs);
    this.live.add(process);
    return process;
  }

  /** The last process still running, or a new one. */
  get current(): Process {
    return [...this.live].at(-1) ?? this.start();
  }

  bury(process: Process): void {
    this.live.delete(process);
    for (const { name, dropped } of process.lastStatus) this.dropped[name] = (this.dropped[name] ?? 0) + dropped;
    this.#nowMs = Math.max(this.#nowMs, process.clock.now());
  }
}

/** One run of the application. */
export class Process {
  readonly pid: number;
  readonly clock = new FakeClock();
  readonly disk: SimulatedDisk;
  readonly simulation: Simulation;
  lastStatus: ReturnType<Simulation['core']['status']> = [];
  readonly #world: World;

  constructor(world: World, pid: number, nowMs: number) {
    this.#world = world;
    this.pid = pid;
    this.clock.wallMs = nowMs;
    this.disk = new SimulatedDisk(this.clock, world.storage);
    this.simulation = simulate({
      destinations: names.map(destination),
      maxBytes: 131_072,
      clock: this.clock,
      disk: this.disk,
      spool: { directory: '/spool', maxBytes: 1_048_576 },
      we: { host: 'h', pid, isAlive: (other) => [...world.live].some((process) => process.pid === other) },
    });
  }

  offer(message: string): void {
    const { core } = this.simulation;
    add(this.#world.offered, message, 1);
    core.offer(report(message));
    if (!this.disk.isGone && core.spoolStatus()?.state === 'active') add(this.#world.acknowledged, message, 1);
  }

  /** Answers what is open; a server stores what it accepts whether or not the client lives to hear of it. */
  async answer(status: number): Promise<void> {
    for (const [index, transport] of this.simulation.transports.entries()) {
      const arrived = this.#world.arrived[names[index] ?? ''];
      if (transport.open === undefined || arrived === undefined) continue;
      if (status === 200) store(arrived, String(transport.open.request.body));
      await transport.answer(status);
    }
  }
}

export function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function store(arrived: Arrived, body: string): void {
  for (const { uid, message, count } of JSON.parse(body) as { uid: string; message: string; count: number }[]) {
    arrived.set(uid, { message, count: Math.max(count, arrived.get(uid)?.count ?? 0) });
  }
}
