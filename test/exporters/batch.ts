/** Batch: entries to encode, and the verdicts of an exporter over every status. */
import type { Exporter } from '../contract/exporter.js';

export type Batch = Parameters<Exporter['encode']>[0];

export const sender: Parameters<Exporter['encode']>[1] = {
  name: 'shop',
  version: '1.4.0',
  environment: 'production',
  host: 'h1',
  pid: 7,
  instanceId: '627cc493-f310-47de-96bd-71410b7dec09',
  nowMs: 1_764_000_000_000,
};

/** One plain entry per message. */
export function batchOf(...messages: string[]): Batch {
  return messages.map((message) => ({
    record: {
      uid: `uid-${message}`,
      timeMs: sender.nowMs,
      level: 'error',
      message,
      logger: undefined,
      error: undefined,
      location: undefined,
      attributes: {},
      truncated: undefined,
      bytes: 1,
    },
    count: 1,
    firstSeenMs: sender.nowMs,
    lastSeenMs: sender.nowMs,
  }));
}

/** All statuses by verdict, as ranges. */
export function classified(exporter: Exporter): Record<string, string[]> {
  const ranges: Record<string, [from: number, to: number][]> = {
    accepted: [],
    partial: [],
    unknown: [],
    auth: [],
    'too-big': [],
    retry: [],
    rejected: [],
  };
  for (let status = 200; status < 600; status++) {
    const { kind } = exporter.classify({ status, headers: {}, body: '' }, batchOf('a'));
    const last = ranges[kind]?.at(-1);
    if (last?.[1] === status - 1) last[1] = status;
    else ranges[kind]?.push([status, status]);
  }
  return Object.fromEntries(
    Object.entries(ranges).map(([kind, list]) => [
      kind,
      list.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)),
    ]),
  );
}
