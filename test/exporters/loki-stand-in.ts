/** Loki stand-in: the push endpoint as Loki documents it, with the limits it has by default. */
import type { Reaction } from '../contract/faulty-sink.js';

export interface LokiEntry {
  readonly time: bigint;
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface LokiStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly entries: LokiEntry[];
}

const [secondNs, minuteNs, hourNs] = [10n ** 9n, 60n * 10n ** 9n, 3_600n * 10n ** 9n];

/** Reads a request as Loki does; throws what makes it refuse the whole of it. */
export function readPush(body: string): LokiStream[] {
  const { streams } = JSON.parse(body) as { streams?: unknown };
  if (!Array.isArray(streams) || streams.length === 0) throw new Error('no streams');
  return streams.map((stream: unknown) => {
    const { stream: labels, values, ...rest } = stream as Record<string, unknown>;
    if (!isTexts(labels)) throw new Error('labels are not texts');
    if (!Array.isArray(values) || values.length === 0) throw new Error('a stream without entries');
    if (Object.keys(rest).length > 0) throw new Error(`unknown members ${Object.keys(rest).join()}`);
    return { labels, entries: values.map(readEntry) };
  });
}

function readEntry(value: unknown): LokiEntry {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) throw new Error('a value that is no entry');
  const [time, line, metadata = {}] = value as unknown[];
  if (typeof time !== 'string' || !/^\d{1,19}$/.test(time)) throw new Error('a time that is no text of nanoseconds');
  if (typeof line !== 'string') throw new Error('a line that is no text');
  if (!isTexts(metadata)) throw new Error('structured metadata that is no texts');
  return { time: BigInt(time), line, metadata };
}

function isTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

/** What is wrong with the labels of a stream; nothing when it is taken. */
function wrongLabels(labels: Readonly<Record<string, string>>): string | undefined {
  const all = Object.entries(labels);
  if (all.length === 0) return 'at least one label pair is required per stream';
  if (all.length > 15) return `${all.length} label names; limit 15`;
  for (const [name, value] of all) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.startsWith('__')) return `invalid label name ${name}`;
    if (name.length > 1_024) return 'label name too long';
    if (value === '' || Buffer.byteLength(value) > 2_048) return `label value of ${name} empty or too long`;
  }
  return undefined;
}

function wrongEntry({ time, line, metadata }: LokiEntry, nowNs: bigint): string | undefined {
  if (time < nowNs - 168n * hourNs) return 'timestamp too old';
  if (time > nowNs + 10n * minuteNs) return 'timestamp too new';
  if (Buffer.byteLength(line) > 262_144) return 'max entry size exceeded';
  const pairs = Object.entries(metadata);
  if (pairs.length > 128) return 'too many structured metadata labels';
  if (pairs.some(([name]) => !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))) return 'invalid name of structured metadata';
  const bytes = pairs.reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  return bytes > 65_536 ? 'structured metadata too large' : undefined;
}

/** Keeps what a Loki with the default limits keeps, and answers as it does. */
export class LokiStandIn {
  readonly #streams = new Map<string, LokiStream>();

  get streams(): LokiStream[] {
    return [...this.#streams.values()];
  }

  /** @param nowMs The clock of the server. */
  push(body: string, nowMs: number): Reaction & { readonly status: number } {
    let pushed: LokiStream[];
    try {
      pushed = readPush(body);
    } catch (error) {
      return { status: 400, body: (error as Error).message };
    }
    const refusals = pushed.flatMap((stream) => this.#take(stream, (BigInt(nowMs) * secondNs) / 1_000n));
    // The valid ones are stored all the same.
    return refusals.length > 0 ? { status: 400, body: refusals.join('; ') } : { status: 204 };
  }

  #take({ labels, entries }: LokiStream, nowNs: bigint): string[] {
    const wrong = wrongLabels(labels);
    if (wrong) return [wrong];
    const key = JSON.stringify(
      Object.keys(labels)
        .toSorted()
        .map((name) => [name, labels[name]]),
    );
    const stream = this.#streams.get(key) ?? { labels, entries: [] };
    this.#streams.set(key, stream);
    return entries.map((entry) => wrongEntry(entry, nowNs) ?? put(stream, entry)).filter((text) => text !== undefined);
  }
}

function put({ entries }: LokiStream, entry: LokiEntry): string | undefined {
  const newest = entries.reduce((time, other) => (other.time > time ? other.time : time), 0n);
  if (entry.time < newest - hourNs) return 'entry too far behind';
  if (!entries.some(({ time, line }) => time === entry.time && line === entry.line)) entries.push(entry);
  return undefined;
}
