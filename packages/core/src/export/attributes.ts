/** Attributes: nested fields as a flat, bounded list of scalars, the shape every destination can store. */
import type { Scrub } from './scrub.js';

export type Scalar = string | number | boolean;
export type Attributes = Record<string, Scalar>;

/** OpenObserve refuses records of more than 200 columns; OpenTelemetry's own default limit is 128 attributes. */
const maxAttributes = 128;

/** OpenObserve flattens three levels and leaves the deeper ones as JSON text. */
const maxDepth = 3;

const maxTextLength = 8_192;

/**
 * Adds the members of a plain, redacted object to the attributes.
 *
 * @param prefix Put before every name, such as `error_`.
 */
export function addAttributes(target: Attributes, source: object, prefix: string, scrub: Scrub): void {
  const surplus: Record<string, unknown> = {};
  add(target, source, prefix, 1, { scrub, surplus, count: Object.keys(target).length });
  if (Object.keys(surplus).length > 0) target['other_fields'] = asText(surplus, scrub);
}

interface Flattening {
  readonly scrub: Scrub;
  readonly surplus: Record<string, unknown>;
  count: number;
}

function add(target: Attributes, source: object, prefix: string, depth: number, run: Flattening): void {
  for (const [key, value] of Object.entries(source) as [string, unknown][]) {
    // Most keys go in as they are: a key put together anew costs the engine a search for it.
    const name = prefix === '' && key.length < 40 && !key.includes('@') ? key : run.scrub(prefix + key);
    if (value === null || value === undefined) continue;
    if (typeof value === 'object' && !Array.isArray(value) && depth < maxDepth) {
      add(target, value, `${name}_`, depth + 1, run);
    } else if (run.count >= maxAttributes) {
      run.surplus[name] = value;
    } else {
      run.count++;
      target[name] = asScalar(value, run.scrub);
    }
  }
}

function asScalar(value: unknown, scrub: Scrub): Scalar {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return scrub(value);
  if (typeof value !== 'number') return asText(value, scrub);
  // A card number may also come as a number.
  const text = String(value);
  return text.length > 12 && scrub(text) !== text ? scrub(text) : value;
}

function asText(value: unknown, scrub: Scrub): string {
  return scrub(JSON.stringify(value).slice(0, maxTextLength));
}
