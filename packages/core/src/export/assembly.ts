/** Assembly: the intake, the spool and one pipeline for each destination, wired together. */
import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '../internal/clock.js';
import type { Redactor } from '../internal/redact.js';
import type { ServiceInfo } from '../internal/service.js';
import type { Destination } from './destination.js';
import { type Handover, HandoverTaker, isHandover } from './handover.js';
import { createIntake } from './intake.js';
import { Pipeline } from './pipeline.js';
import { createHttpTransport } from './post.js';
import type { ExportProblem } from './problem.js';
import type { ErrorReport } from './report.js';
import { createScrub } from './scrub.js';
import { createSpool, type SpoolSettings } from './spool/create-spool.js';
import type { Disk } from './spool/disk.js';
import type { Neighbourhood } from './spool/owner.js';
import type { Spool, SpoolListener } from './spool/spool.js';
import { hostName, workingDirectory } from './system-facts.js';
import type { Taker } from './taker.js';
import type { Transport } from './transport.js';
import { createUlid } from './ulid.js';
import { WaitingErrors } from './waiting.js';

export interface ExporterCoreOptions {
  destinations: readonly (Destination | Handover)[];
  service: ServiceInfo;
  redactor: Redactor;
  /** Called once per change: when a kind of trouble begins, and when all is well again. */
  onProblem?: (problem: ExportProblem) => void;
  /** Bound on the memory of all that waits, in bytes; each destination has an equal share. @default 8_388_608 */
  maxBytes?: number;
  /** Where errors are kept on disk; nowhere if not given. */
  spool?: SpoolSettings;
  /** Directory of the application, left out of stacks; the working directory if not given. */
  root?: string;
  /** Time, disk, neighbours, transport and chance, for tests. */
  clock?: Clock;
  disk?: Disk;
  we?: Neighbourhood;
  createTransport?: (clock: Clock, destination: Destination) => Transport;
  random?: () => number;
}

export const exporterDefaults: { maxBytes: number } = { maxBytes: 8_388_608 };

export interface Assembly {
  /** One for each destination, in their order. */
  readonly takers: readonly Taker[];
  readonly spool: Spool | undefined;
  /** Takes a report. Never throws, never waits. */
  readonly offer: (report: ErrorReport) => void;
  /** Resolves with true when all is out, what earlier processes left included, with false when the time is over first. */
  readonly flush: (timeoutMs: number) => Promise<boolean>;
}

/** @param shareBytes Bound on the memory of what waits for one destination. */
export function assemble(options: ExporterCoreOptions, shareBytes: number): Assembly {
  const { destinations, redactor, service, clock = systemClock, root = workingDirectory() } = options;
  const { createTransport = createHttpTransport, random = Math.random, onProblem: tell = () => undefined } = options;
  const sender = { ...service, host: hostName(), pid: process.pid, instanceId: randomUUID() };
  const [scrub, createUid, errors] = [createScrub(redactor), createUlid(), new WaitingErrors()];
  const posted = destinations.filter((given): given is Destination => !isHandover(given));
  const keys = uniqueNames(posted.map(({ name }) => name));
  const pipelines: Pipeline[] = [];
  const listener: SpoolListener = {
    recovered: (key, shelves) => pipelines[keys.indexOf(key)]?.recover(shelves),
    lost: (segment, reason) => pipelines.forEach((pipeline) => pipeline.lose(segment, reason)),
    sealed: () => errors.closeAll(),
  };
  const { disk, we } = options;
  const surroundings = { keys, author: sender, createUid, clock, disk, we, tell, listener };
  const spool = options.spool && posted.length > 0 ? createSpool(options.spool, surroundings) : undefined;
  posted.forEach((destination, index) => {
    const transport = destination.createTransport?.() ?? createTransport(clock, destination);
    const outbox = { key: keys[index] ?? destination.name, spool, errors, maxBytes: shareBytes };
    pipelines.push(new Pipeline({ destination, sender, transport, clock, random, scrub, tell, ...outbox }));
  });
  const handovers = destinations
    .filter(isHandover)
    .map((handover) => new HandoverTaker({ handover, sender, clock, tell }));
  const takers = inOrder(destinations, pipelines, handovers);
  const offer = createIntake({ pipelines, handovers, spool, errors, createUid, redactor, clock, root });
  const flush = async (timeoutMs: number): Promise<boolean> => {
    const startMs = clock.monotonicMs();
    const begun = spool?.begun(timeoutMs);
    if (begun !== undefined) await begun;
    const leftMs = Math.max(0, timeoutMs - (clock.monotonicMs() - startMs));
    return (await Promise.all(takers.map((taker) => taker.flush(leftMs)))).every(Boolean);
  };
  return { takers, spool, offer, flush };
}

function inOrder(
  destinations: readonly (Destination | Handover)[],
  pipelines: readonly Pipeline[],
  handovers: readonly HandoverTaker[],
): Taker[] {
  const [posted, handed] = [pipelines.values(), handovers.values()];
  return destinations.flatMap((given) => (isHandover(given) ? handed : posted).next().value ?? []);
}

/** Two destinations may have one name, but not one cursor. */
function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name}#${earlier + 1}`;
  });
}
