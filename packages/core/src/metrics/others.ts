/** Others: the processes and threads that tell this one their metrics; one that is silent is counted, not waited for. */
import type { Clock } from '../internal/clock.js';
import type { Sample } from './family.js';
import { KeptCounts } from './kept-counts.js';
import type { Ask, Told, ToldMetric } from './messages.js';
import { keyOf, type ToldMetrics } from './together.js';

/** Longest silence that is waited for, in milliseconds: longer than health checks take, shorter than a scraper's patience. */
const silenceMs = 1000;

class Other {
  /** As last told in full. */
  told: ToldMetrics = new Map();
  isSilent = false;
  private coming: ToldMetrics = new Map();
  private round = 0;
  private settle: () => void = () => undefined;

  /** @param send Must not throw. */
  constructor(private readonly send: (ask: Ask) => void) {}

  /** Resolves when it has told everything. */
  ask(round: number): Promise<void> {
    this.round = round;
    this.coming = new Map();
    this.isSilent = true;
    return new Promise((resolve) => {
      this.settle = resolve;
      this.send({ kind: 'ask', round });
    });
  }

  receive({ round, metrics, isLast }: Told): void {
    // Of an answer that comes after the next question was asked, nothing is missing in the next answer.
    if (round !== this.round) return;
    for (const metric of metrics) this.take(metric);
    if (isLast) this.end();
    else this.send({ kind: 'more', round });
  }

  /** It has told everything, or never will. */
  end(): void {
    this.told = this.coming;
    this.isSilent = false;
    this.settle();
  }

  private take({ samples, ...head }: ToldMetric): void {
    const known = this.coming.get(head.name) ?? { ...head, samples: new Map<string, Sample>() };
    this.coming.set(head.name, known);
    for (const sample of samples) {
      const { value } = sample;
      const received = typeof value === 'number' ? (sample as Sample) : { ...sample, value: Number(value) };
      known.samples.set(keyOf(received), received);
    }
  }
}

export class Others {
  private readonly known = new Map<string, Other>();
  private readonly gone = new KeptCounts();
  private round = 0;
  private underWay: Promise<void> | undefined;
  private heardAtMs = 0;
  /** Most label sets that are kept of a metric of those that are gone: there is no end of them. */
  maxSeries: number = Infinity;

  constructor(private readonly clock: Clock) {}

  /** @param send Must not throw. */
  add(id: string, send: (ask: Ask) => void): void {
    if (!this.known.has(id)) this.known.set(id, new Other(send));
  }

  receive(id: string, told: Told): void {
    this.heardAtMs = this.clock.monotonicMs();
    this.known.get(id)?.receive(told);
  }

  /** It has ended; what it counted stays counted. */
  remove(id: string): void {
    const other = this.known.get(id);
    if (!other) return;
    this.known.delete(id);
    this.gone.add(other.told, this.maxSeries);
    other.end();
  }

  /** Asks all, or joins the question under way. Never rejects. */
  refresh(): Promise<void> {
    this.underWay ??= this.askAll().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  /** What was told, one for each, and one for those that are gone. */
  get told(): readonly ToldMetrics[] {
    const told = [...this.known.values()].map((other) => other.told);
    return this.gone.told.size > 0 ? [...told, this.gone.told] : told;
  }

  get states(): { readonly answered: number; readonly silent: number } {
    const silent = [...this.known.values()].filter(({ isSilent }) => isSilent).length;
    return { answered: this.known.size - silent, silent };
  }

  private async askAll(): Promise<void> {
    if (this.known.size === 0) return;
    const round = ++this.round;
    const answers = Array.from(this.known.values(), (other) => other.ask(round));
    await Promise.race([Promise.all(answers), this.silence()]);
  }

  /** Resolves when nobody has said anything for long. */
  private async silence(): Promise<void> {
    this.heardAtMs = this.clock.monotonicMs();
    for (let restMs = silenceMs; restMs > 0; restMs = this.heardAtMs + silenceMs - this.clock.monotonicMs())
      await new Promise<void>((resolve) => this.clock.after(restMs, resolve));
  }
}
