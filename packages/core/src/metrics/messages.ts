/** Messages: what processes and threads say to one another so that their metrics can be read in one place. */
import type { Exemplar, Labels, Sample } from './family.js';
import { type MetricHead, type Reading, withAllLabels } from './readable.js';

/** `who` asks who is there; `here` answers it, and is said at the start as well. */
export type Message = { readonly kind: 'who' } | { readonly kind: 'here'; readonly id: number } | Ask | Told;

/** Asks for all metrics, and then for more of them as often as there are: what nobody waits for is not sent. */
export interface Ask {
  readonly kind: 'ask' | 'more';
  readonly round: number;
}

/** Some of the metrics, and with the last of these messages all. */
export interface Told {
  readonly kind: 'told';
  readonly round: number;
  readonly metrics: readonly ToldMetric[];
  readonly isLast: boolean;
}

/** A metric, or a part of one. */
export interface ToldMetric extends MetricHead {
  readonly samples: readonly ToldSample[];
}

export interface ToldSample {
  readonly labels: Labels;
  /** As text where JSON has no number for it. */
  readonly value: number | string;
  readonly metricName?: string | undefined;
  readonly exemplar?: Exemplar | undefined;
}

const mark = 'throughline/metrics';

/** What is sent: other listeners of the same channel can tell that it is not for them. */
export function wrapped(message: Message): object {
  return { [mark]: message };
}

/** The message in what was received; `undefined` for what others say. */
export function unwrapped(received: unknown): Message | undefined {
  return (received as Partial<Record<string, Message>> | null | undefined)?.[mark];
}

/** Few enough that neither side is held up by a message, not even where many send one at a time. */
const samplesPerMessage = 250;

/** Says something to who asks. */
export type Send = (told: Told) => void;

/** Tells all metrics to who asks for them, some at a time. */
export class Telling {
  private goOn: () => void = () => undefined;

  /** @param read What there is, asked for at each round. */
  constructor(
    private readonly read: () => Promise<Reading>,
    private readonly send: Send,
  ) {}

  take({ kind, round }: Ask): void {
    // Who asks anew waits for no more of the round before.
    if (kind === 'ask') void this.tell(round);
    else this.goOn();
  }

  private async tell(round: number): Promise<void> {
    const { metrics, common } = await this.read();
    let batch: ToldMetric[] = [];
    let count = 0;
    for await (const { samples, ...head } of metrics) {
      let own: ToldSample[] = [];
      batch.push({ ...head, samples: own });
      for (const sample of samples) {
        if (sample) own.push(toldOf(sample, common));
        if (++count < samplesPerMessage) continue;
        const more = new Promise<void>((resolve) => (this.goOn = resolve));
        this.send({ kind: 'told', round, metrics: batch, isLast: false });
        await more;
        count = 0;
        batch = [{ ...head, samples: (own = []) }];
      }
    }
    this.send({ kind: 'told', round, metrics: batch, isLast: true });
  }
}

function toldOf(sample: Sample, common: Labels): ToldSample {
  const { labels, value, metricName, exemplar } = withAllLabels(sample, common);
  return {
    labels,
    value: Number.isFinite(value) ? value : String(value),
    ...(metricName !== undefined && { metricName }),
    ...(exemplar && { exemplar }),
  };
}
