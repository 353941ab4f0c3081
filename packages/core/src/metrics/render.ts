/** Rendering: all metrics as one text, written in slices between which the event loop goes on. */
import { setImmediate as turn } from 'node:timers/promises';
import { Family, type Labels, type RegisteredMetric } from './family.js';
import { commonLabels, metricsOf, type MetricsRegistry } from './registry.js';
import { endOfText, headOf, lineOf, type TextFormat } from './text-format.js';

/** Longest time that one slice takes, in milliseconds; far below what a request would notice. */
const sliceMs = 4;
/** Lines between two looks at the clock. */
const linesPerLook = 50;
/** Text that is handed on at once, in characters. */
const chunkLength = 65_536;

/**
 * Gives the text in pieces, of ours as it was when it was last brought up to date. A metric that cannot be read is left out: the others are worth having.
 *
 * @param onFailure Called with the name of such a metric.
 */
export async function* render(
  registry: MetricsRegistry,
  format: TextFormat,
  onFailure: (name: string, reason: unknown) => void,
): AsyncGenerator<string> {
  const common = commonLabels(registry);
  let text = '';
  let sinceMs = performance.now();
  for (const metric of metricsOf(registry)) {
    try {
      for (const slice of slicesOf(await read(metric), format, common)) {
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
    } catch (reason) {
      onFailure(metric.name, reason);
    }
  }
  yield text + endOfText[format];
}

/** A metric that is ready to be printed. */
interface Readable {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Iterable<Parameters<typeof lineOf>[2]>;
}

async function read(metric: Family | RegisteredMetric): Promise<Readable> {
  const { type } = metric;
  if (metric instanceof Family) {
    const { name, help } = metric.description;
    return { name, type, help, samples: metric.samples() };
  }
  const { help, values = [] } = await (metric.getForPromString?.() ?? metric.get());
  return { name: metric.name, type, help, samples: values };
}

function* slicesOf({ name, type, help, samples }: Readable, format: TextFormat, common: Labels): Iterable<string> {
  let text = headOf(name, type, help, format);
  let lines = 0;
  for (const sample of samples) {
    text += lineOf(name, type, sample, format, common);
    if (++lines % linesPerLook !== 0) continue;
    yield text;
    text = '';
  }
  yield text;
}
