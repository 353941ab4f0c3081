/** Rendering: all metrics as one text, written in slices between which the event loop goes on. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Labels } from './family.js';
import type { ReadableMetric, Reading } from './readable.js';
import { endOfText, headOf, lineOf, type TextFormat } from './text-format.js';

/** Longest time that one slice takes, in milliseconds; far below what a request would notice. */
const sliceMs = 4;
/** Lines between two looks at the clock. */
const linesPerLook = 50;
/** Text that is handed on at once, in characters. */
const chunkLength = 65_536;

/** Gives the text in pieces, of ours as it was when it was last brought up to date. */
export async function* render({ metrics, common }: Reading, format: TextFormat): AsyncGenerator<string> {
  let text = '';
  let sinceMs = performance.now();
  for await (const metric of metrics) {
    for (const slice of slicesOf(metric, format, common)) {
      text += slice;
      if (text.length >= chunkLength) {
        yield text;
        text = '';
      }
      if (performance.now() - sinceMs >= sliceMs) {
        await turn();
        sinceMs = performance.now();
      }
    }
  }
  yield text + endOfText[format];
}

function* slicesOf(
  { name, type, help, samples }: ReadableMetric,
  format: TextFormat,
  common: Labels,
): Iterable<string> {
  let text = headOf(name, type, help, format);
  let lines = 0;
  for (const sample of samples) {
    if (sample) text += lineOf(name, type, sample, format, common);
    if (++lines % linesPerLook !== 0) continue;
    yield text;
    text = '';
  }
  yield text;
}
