/** Negotiation: the format and the compression that a scraper asks for. */
import type { IncomingHttpHeaders } from 'node:http';
import type { TextFormat } from './text-format.js';

interface Choice {
  readonly value: string;
  readonly weight: number;
}

/** OpenMetrics for who asks for it at least as much as for Prometheus's own format; never a refusal. */
export function negotiateFormat({ accept = '' }: IncomingHttpHeaders): TextFormat {
  const choices = choicesIn(accept);
  const openmetrics = weightOf(choices, ['application/openmetrics-text']);
  const plain = weightOf(choices, ['text/plain', 'text/*', '*/*']);
  return openmetrics !== undefined && openmetrics > 0 && openmetrics >= (plain ?? 0) ? 'openmetrics' : 'prometheus';
}

/** The weight of the first of these that was named at all: the narrower one counts. */
function weightOf(choices: readonly Choice[], types: readonly string[]): number | undefined {
  for (const type of types) {
    const named = choices.filter(({ value }) => value.split(';', 1)[0]?.trim() === type);
    if (named.length > 0) return Math.max(...named.map(({ weight }) => weight));
  }
  return undefined;
}

/** Whether the answer may be compressed. */
export function acceptsGzip({ 'accept-encoding': accepted = '' }: IncomingHttpHeaders): boolean {
  const choices = choicesIn(String(accepted));
  const named = choices.find(({ value }) => value === 'gzip') ?? choices.find(({ value }) => value === '*');
  return named !== undefined && named.weight > 0;
}

/** The parts of a header with weights, RFC 9110 §12.4.2; a weight that cannot be read is none. */
function choicesIn(header: string): Choice[] {
  return header
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((value) => {
      const weight = Number(/;\s*q=([\d.]+)/.exec(value)?.[1] ?? 1);
      return { value: value.replace(/;\s*q=.*$/, ''), weight: Number.isFinite(weight) ? weight : 0 };
    });
}
