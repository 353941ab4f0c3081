/** The page on Loki: its queries ask for labels, fields and values that are written. */
import { describe, expect, it } from 'vitest';
import { outputs } from './outputs.js';
import { blocksIn, page } from './pages.js';

type Fields = Readonly<Record<string, string>>;

/** Outputs of other pages that are lines. */
const shown = [
  'line',
  'access-line',
  'error-line',
  'flight',
  'sampled-line',
  'console-line',
  'outage-begins',
  'outage-ends',
];

/** The fields that Loki's `json` makes of a line. */
function flatten(value: object, prefix = ''): Fields {
  const entries = Object.entries(value).map(([name, member]: [string, unknown]) =>
    typeof member === 'object' && member !== null
      ? flatten(member, `${prefix}${name}_`)
      : { [prefix + name]: String(member) },
  );
  return Object.assign({}, ...entries) as Fields;
}

interface Condition {
  readonly name: string;
  readonly operator: string;
  readonly value: string;
}

/** `name="value"`, `name=~"a|b"`, `name >= 500`. */
const condition = /([a-z_]\w*)\s*(=~|!=|>=|=|>)\s*("[^"]*"|[\d.]+)/g;

function conditionsIn(text: string): Condition[] {
  return [...text.matchAll(condition)].map(([, name = '', operator = '', value = '']) => ({
    name,
    operator,
    value: value.replaceAll('"', ''),
  }));
}

/** What a query selects streams by, and what it does with their lines. */
function parts(query: string): { labels: Condition[]; pipelines: string } {
  const selectors = [...query.matchAll(/(?<!\{)\{([^{}]+)\}(?!\})/g)].map(([, selector = '']) => selector);
  return { labels: selectors.flatMap(conditionsIn), pipelines: query.replace(/(?<!\{)\{[^{}]+\}(?!\})/g, '') };
}

/** All names of fields and labels that a query uses beside its selectors, but for those it makes itself. */
function namesIn(pipelines: string): string[] {
  const made = [...pipelines.matchAll(/label_format (\w+)/g)].map(([, name]) => name);
  const groups = [...pipelines.matchAll(/by \(([^)]+)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/));
  const printed = [...pipelines.matchAll(/\{\{[^}]*?\.(\w+)\}\}/g)].map(([, name = '']) => name);
  const unwrapped = [...pipelines.matchAll(/unwrap (\w+)/g)].map(([, name = '']) => name);
  const asked = conditionsIn(pipelines).map(({ name }) => name);
  return [...groups, ...printed, ...unwrapped, ...asked].filter((name) => !made.includes(name));
}

function holds({ operator, value }: Condition, actual: string | undefined): boolean {
  if (operator === '=') return actual === value;
  if (operator === '=~') return actual !== undefined && new RegExp(`^(?:${value})$`).test(actual);
  // How long something took, or how often it failed, is another time's.
  return actual !== undefined;
}

interface Written {
  readonly lines: readonly Fields[];
  /** Labels of what the exporter sends. */
  readonly labels: Fields;
}

let written: Promise<Written> | undefined;

/** What is written, found out in the first test that asks. */
function readWritten(): Promise<Written> {
  written ??= (async () => {
    const lines: unknown[] = [];
    for (const name of shown) lines.push(await outputs[name]?.());
    const push = (await outputs['loki-push']?.()) as { streams: { stream: Fields }[] };
    return { lines: lines.flat().map((line) => flatten(line as object)), labels: push.streams[0]?.stream ?? {} };
  })();
  return written;
}

describe('a query on docs/logs/loki.md', () => {
  const queries = blocksIn('logql');

  it.each(queries)('selects by labels that the exporter gives as well: %s', async (_, { code }) => {
    const { labels } = await readWritten();
    const selected = parts(code).labels;
    expect(selected.length).toBeGreaterThan(0);
    expect(selected.filter((label) => !holds(label, labels[label.name]))).toEqual([]);
  });

  it.each(queries)('asks for what lines have: %s', async (_, { code }) => {
    const { lines, labels } = await readWritten();
    const { pipelines } = parts(code);
    const fields = new Set([...lines.flatMap((line) => Object.keys(line)), ...Object.keys(labels)]);
    expect(namesIn(pipelines).filter((name) => !fields.has(name))).toEqual([]);
    const conditions = conditionsIn(pipelines).filter(({ name }) => fields.has(name));
    const texts = [...pipelines.matchAll(/\|= "([^"]+)"/g)].map(([, text = '']) => text);
    const isFound = (line: Fields): boolean =>
      conditions.every((asked) => holds(asked, line[asked.name])) &&
      texts.every((text) => JSON.stringify(line).includes(text));
    expect(lines.some(isFound)).toBe(true);
  });

  it('has the labels that are made of lines', async () => {
    const { lines, labels } = await readWritten();
    const [, made = ''] = /stage\.labels \{\s+values = \{([^}]+)\}/.exec(page('docs/logs/loki.md')) ?? [];
    const pairs = [...made.matchAll(/(\w+) = "(\w*)"/g)].map(([, label = '', field = '']) => [label, field || label]);
    expect(new Set(pairs.map(([label]) => label))).toEqual(new Set(Object.keys(labels)));
    expect(lines.filter((line) => pairs.some(([, field = '']) => !(field in line)))).toEqual([]);
  });
});
