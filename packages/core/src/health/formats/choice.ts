/** Choice: the format that a request asks for, in its query or in its `Accept` header. */
import { dotnet } from './dotnet.js';
import { flat } from './flat.js';
import type { Format } from './format.js';
import { ietf } from './ietf.js';
import { microprofile } from './microprofile.js';
import { openmetrics } from './openmetrics.js';
import { plain } from './plain.js';
import { spring } from './spring.js';
import { terminus } from './terminus.js';

/** All formats; the first one is what a probe gets that asks for none. */
export const formats: readonly Format[] = [flat, ietf, spring, terminus, microprofile, dotnet, plain, openmetrics];

/** A header longer than this is not read. */
const maxAcceptLength = 1_024;

/**
 * Chooses by `?format=`, else by `Accept`, else the flat one: also for what is unknown or unreadable, because a probe must
 * get its answer and never a 406.
 */
export function chooseFormat(named: string | null, accept: string | undefined): Format {
  return formats.find(({ name }) => name === named) ?? accepted(accept) ?? flat;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function accepted(accept: string | undefined): Format | undefined {
  if (accept === undefined || accept.length > maxAcceptLength) return undefined;
  const ranges = accept.split(',').map(readRange);
  const best = ranges
    .filter(({ quality }) => quality > 0)
    .map((range) => ({ ...range, format: formatOf(range.type) }))
    .filter(({ format }) => format !== undefined)
    // The sort is stable: of equals the first one wins, and a type that is named wins over a wildcard.
    .toSorted((a, b) => b.quality - a.quality || Number(isWildcard(a.type)) - Number(isWildcard(b.type)));
  return best[0]?.format;
}

function isWildcard(type: string): boolean {
  return type.endsWith('/*');
}

function formatOf(type: string): Format | undefined {
  if (type === '*/*' || type === 'application/*') return flat;
  if (type === 'text/*') return plain;
  return formats.find(({ accepts }) => accepts.includes(type));
}

/** A quality that cannot be read counts as none: the type was meant, or it would not be there. */
function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 1 };
}
