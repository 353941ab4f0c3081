/** Job counts: how many jobs run, ended and waited, by queue and name. */
import type { Job, JobWatcher } from '../context/jobs.js';
import type { Clock } from '../internal/clock.js';
import { cutText } from '../internal/cut-text.js';
import { metricsCatalogue, overflowLabel } from './catalogue.js';
import { Durations, type Trace } from './durations.js';
import type { Labels } from './family.js';

/** Longest name that a series has, in characters; series are kept for as long as the process lives. */
const maxNameLength = 128;

/** What is known of the jobs of one name in one queue. */
interface Place {
  readonly labels: Labels;
  active: number;
  /** Seconds since the epoch. */
  lastSuccess: number | undefined;
}

export class JobCounts implements JobWatcher {
  readonly durations: Durations;
  readonly waits: Durations;
  private readonly places = new Map<string, Place>();
  private overflow: Place | undefined;

  /** @param onOverflow Called with the metric that had as many label sets as it may. */
  constructor(
    private readonly maxSeries: number,
    private readonly clock: Clock,
    onOverflow: (metric: string) => void,
  ) {
    const { jobDuration, jobWait } = metricsCatalogue;
    this.durations = new Durations(jobDuration, maxSeries, () => onOverflow(jobDuration.name));
    this.waits = new Durations(jobWait, maxSeries, () => onOverflow(jobWait.name));
  }

  start({ name: given, queue: waitedIn = '', queuedAt }: Job): (failed: boolean, trace: Trace | undefined) => void {
    const [name, queue] = [labelOf(given), labelOf(waitedIn)];
    const place = this.placeOf(queue, name);
    const waitedMs = this.clock.now() - Number(queuedAt ?? Number.NaN);
    // Clocks of two machines may differ.
    if (!Number.isNaN(waitedMs)) this.waits.observe(queue, name, undefined, Math.max(0, waitedMs), undefined);
    const startedAtMs = this.clock.monotonicMs();
    place.active++;
    return (failed, trace) => {
      place.active--;
      if (!failed) place.lastSuccess = this.clock.now() / 1000;
      const outcome = failed ? 'failed' : 'succeeded';
      this.durations.observe(queue, name, outcome, this.clock.monotonicMs() - startedAtMs, trace);
    };
  }

  *active(): Iterable<readonly [Labels, number]> {
    for (const { labels, active } of this.all()) yield [labels, active];
  }

  *lastSuccesses(): Iterable<readonly [Labels, number]> {
    for (const { labels, lastSuccess } of this.all()) if (lastSuccess !== undefined) yield [labels, lastSuccess];
  }

  private placeOf(queue: string, name: string): Place {
    const key = JSON.stringify([queue, name]);
    const known = this.places.get(key);
    if (known) return known;
    if (this.places.size >= this.maxSeries) return (this.overflow ??= newPlace({ [overflowLabel]: 'true' }));
    const place = newPlace({ queue, name });
    this.places.set(key, place);
    return place;
  }

  private *all(): Iterable<Place> {
    yield* this.places.values();
    if (this.overflow) yield this.overflow;
  }
}

function labelOf(given: unknown): string {
  const name = String(given);
  return name.length > maxNameLength ? cutText(name, maxNameLength) : name;
}

function newPlace(labels: Labels): Place {
  return { labels, active: 0, lastSuccess: undefined };
}
