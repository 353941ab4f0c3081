import { expect, it } from 'vitest';
import type { Labels, Sample } from './family.js';
import { KeptCounts } from './kept-counts.js';
import { keyOf, type ToldMetrics } from './together.js';

/** What a process told of one metric before it went. */
function told(name: string, type: string, samples: readonly Sample[]): ToldMetrics {
  const byKey = new Map(samples.map((sample) => [keyOf(sample), sample]));
  return new Map([[name, { name, type, help: '', aggregator: 'sum', samples: byKey }]]);
}

const jobs = (tenant: number): Labels => ({ pod: 'a', queue: '', name: `tenant-${tenant}`, outcome: 'succeeded' });

function kept(counts: KeptCounts, name: string): (readonly [Labels, number])[] {
  return [...(counts.told.get(name)?.samples.values() ?? [])].map(({ labels, value }) => [labels, value]);
}

it('the counts of one hundred processes that are gone are kept whole, in no more series than one of them may have', () => {
  const counts = new KeptCounts();
  for (let at = 0; at < 100; at++) {
    const samples = [0, at * 2 + 1, at * 2 + 2].map((tenant) => ({ labels: jobs(tenant), value: 1 }));
    counts.add(told('jobs_total', 'counter', samples), 3);
  }
  expect(kept(counts, 'jobs_total')).toEqual([
    [jobs(0), 100],
    [jobs(1), 1],
    [jobs(2), 1],
    [{ pod: 'a', overflow: 'true' }, 198],
  ]);
});

it('the counts of a histogram overflow with all lines of a series, into the series that had overflowed before', () => {
  const counts = new KeptCounts();
  const linesOf = (labels: Labels): Sample[] => [
    { metricName: 'job_wait_seconds_bucket', labels: { ...labels, le: '+Inf' }, value: 2 },
    { metricName: 'job_wait_seconds_count', labels, value: 2 },
  ];
  const [first, second] = ['a', 'b'].map((name) => ({ queue: '', name }));
  const overflow = { overflow: 'true' };
  counts.add(told('job_wait_seconds', 'histogram', linesOf(overflow)), 1);
  counts.add(told('job_wait_seconds', 'histogram', [...linesOf(first ?? {}), ...linesOf(second ?? {})]), 1);
  expect(kept(counts, 'job_wait_seconds')).toEqual([
    [{ ...overflow, le: '+Inf' }, 4],
    [overflow, 4],
    [{ ...first, le: '+Inf' }, 2],
    [first, 2],
  ]);
});

it('the counts of a metric of the user are kept under their own labels, gauges not at all', () => {
  const counts = new KeptCounts();
  const samples = ['a', 'b'].map((name) => ({ labels: { name }, value: 1 }));
  counts.add(told('orders_total', 'counter', samples), 1);
  counts.add(told('orders_open', 'gauge', samples), 1);
  expect(kept(counts, 'orders_total')).toEqual([
    [{ name: 'a' }, 1],
    [{ name: 'b' }, 1],
  ]);
  expect(kept(counts, 'orders_open')).toEqual([]);
});
