/** Kept counts: what was counted by processes and threads that are gone, in no more series than one of them may have. */
import { type MetricDescription, metricsCatalogue, overflowLabel } from './catalogue.js';
import type { Sample } from './family.js';
import { keyOf, type ToldMetrics } from './together.js';

/** Those whose label sets are capped where they are counted: the user's own are the user's to cap. */
const ours = new Map(Object.values(metricsCatalogue).map((description) => [description.name, description]));

export class KeptCounts {
  readonly told: ToldMetrics = new Map();
  private readonly labelSets = new Map<string, Set<string>>();

  /**
   * Adds what one that is gone has counted: a counter that went down would look like one that began anew.
   *
   * @param maxSeries Most label sets of a metric; what would be one more is added to the overflow series.
   */
  add(gone: ToldMetrics, maxSeries: number): void {
    for (const [name, { samples, ...head }] of gone) {
      if (head.type !== 'counter' && head.type !== 'histogram') continue;
      const kept = this.told.get(name)?.samples ?? new Map<string, Sample>();
      this.told.set(name, { ...head, samples: kept });
      const description = ours.get(name);
      for (const sample of samples.values())
        count(kept, description ? this.capped(sample, description, maxSeries) : sample);
    }
  }

  private capped(sample: Sample, { name, labels }: MetricDescription, maxSeries: number): Sample {
    if (overflowLabel in sample.labels) return sample;
    const sets = this.labelSets.get(name) ?? new Set<string>();
    this.labelSets.set(name, sets);
    const set = JSON.stringify(labels.map((label) => sample.labels[label]));
    if (sets.size < maxSeries) sets.add(set);
    if (sets.has(set)) return sample;
    const rest = Object.entries(sample.labels).filter(([label]) => !labels.includes(label));
    return { ...sample, labels: { ...Object.fromEntries(rest), [overflowLabel]: 'true' } };
  }
}

function count(kept: Map<string, Sample>, sample: Sample): void {
  const key = keyOf(sample);
  const value = (kept.get(key)?.value ?? 0) + sample.value;
  kept.set(key, { ...sample, value });
}
