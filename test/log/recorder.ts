/** Recorder: an observability of its own whose lines are kept, as text and parsed. */
import { createObservability, type Observability, type ObservabilityOptions } from '@throughline/core';

export interface Recorder {
  readonly observability: Observability;
  /** The lines as they were written. */
  readonly texts: string[];
  /** The lines, parsed. */
  readonly lines: Record<string, unknown>[];
  readonly last: Record<string, unknown>;
}

export function record({ log, ...options }: ObservabilityOptions = {}): Recorder {
  const texts: string[] = [];
  const destination = { write: (line: string) => void texts.push(line) };
  return {
    observability: createObservability({
      isolated: true,
      service: { name: 'shop', version: '1.4.0', environment: 'test' },
      exporters: [],
      ...options,
      log: { level: 'trace', destination, ...log },
    }),
    texts,
    get lines() {
      return texts.map((text) => JSON.parse(text) as Record<string, unknown>);
    },
    get last() {
      return JSON.parse(texts.at(-1) ?? '{}') as Record<string, unknown>;
    },
  };
}

/** Keys at the top of a JSON object in the order they stand there, repeated ones repeated: `JSON.parse` would hide them. */
export function topLevelKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && token.endsWith(':')) keys.push(JSON.parse(token.slice(0, -1).trimEnd()) as string);
  }
  return keys;
}
