/** YAML subset: what manifests are written in; anything else is refused with its line, never misread. */
import { parseFlow, parseScalar } from './yaml-flow.js';
import { textOr, type Value } from './manifest.js';

interface Line {
  readonly number: number;
  readonly indent: number;
  /** Without its indentation and comment. */
  readonly text: string;
  /** As it was, for a block of text. */
  readonly raw: string;
}

/**
 * Reads block mappings and sequences, flow collections, plain, quoted and block scalars, comments and several documents;
 * and JSON.
 *
 * @throws {Error} For anchors, aliases, tags, merge keys, templates and tabs, with the line.
 */
export function parseYaml(text: string): Value[] {
  if (/^\s*[{[]/.test(text) && !text.trimStart().startsWith('{{')) return [JSON.parse(text) as Value];
  const lines = text.split(/\r?\n/).map(lineOf);
  const documents: Line[][] = [[]];
  for (const line of lines) {
    if (/^(---|\.\.\.)(\s|$)/.test(line.raw)) documents.push([]);
    else documents.at(-1)?.push(line);
  }
  return documents
    .filter((document) => document.some(({ text }) => text !== ''))
    .map((document) => new Reader(document).read());
}

function lineOf(raw: string, index: number): Line {
  const indent = raw.search(/[^ ]|$/);
  return { number: index + 1, indent, text: withoutComment(raw.slice(indent)).trimEnd(), raw };
}

function withoutComment(text: string): string {
  const uncommented = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'#]['"#\w]*|(?<!\s)#|["'[\]{},:]|\s+(?!#))*/.exec(
    text,
  );
  return text.startsWith('#') ? '' : (uncommented?.[0] ?? text);
}

/** A key, in quotes or plain, and what stands behind its colon. */
const pair =
  /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'[\]{},#&*!|>%@`-][^:#]*?|-[^\s:][^:#]*?|[^\s:]+(?::[^\s:]+)*)\s*:(?:\s+(.*))?$/;

class Reader {
  private at = 0;

  constructor(private readonly lines: Line[]) {}

  read(): Value {
    const first = this.peek();
    const value = this.block(first?.indent ?? 0);
    const rest = this.peek();
    if (rest) throw this.refuse(rest, 'this indentation');
    return value;
  }

  /** The next line that says something. */
  private peek(): Line | undefined {
    while (this.lines[this.at]?.text === '') this.at += 1;
    const line = this.lines[this.at];
    if (line?.text.startsWith('\t')) throw this.refuse(line, 'a tab');
    return line;
  }

  private block(indent: number): Value {
    const line = this.peek();
    if (!line) return null;
    if (isItem(line)) return this.sequence(indent);
    if (pair.test(line.text)) return this.mapping(indent);
    this.at += 1;
    return this.scalar(line.text, line, indent - 1);
  }

  private mapping(indent: number): Value {
    const entries: [string, Value][] = [];
    for (let line = this.peek(); line && line.indent === indent && !isItem(line); line = this.peek()) {
      const [, key = '', rest = ''] = pair.exec(line.text) ?? [];
      if (key === '') throw this.refuse(line, 'this line');
      if (key === '<<' || /^[?&*!]/.test(line.text))
        throw this.refuse(line, key === '<<' ? 'merge keys' : 'anchors, aliases and tags');
      this.at += 1;
      entries.push([
        textOr(parseScalar(key), 'null'),
        rest === '' ? this.nested(indent) : this.scalar(rest, line, indent),
      ]);
    }
    return Object.fromEntries(entries);
  }

  /** Below a key; a list may stand as far left as the key itself. */
  private nested(indent: number): Value {
    const line = this.peek();
    if (!line || line.indent < indent || (line.indent === indent && !isItem(line))) return null;
    return this.block(line.indent);
  }

  private sequence(indent: number): Value {
    const items: Value[] = [];
    for (let line = this.peek(); line && line.indent === indent && isItem(line); line = this.peek()) {
      const rest = line.text.slice(1).trimStart();
      if (rest === '') {
        this.at += 1;
        const next = this.peek();
        items.push(next && next.indent > indent ? this.block(next.indent) : null);
      } else {
        // What stands behind the dash is a block of its own, as far right as it stands.
        const deeper = indent + line.text.length - rest.length;
        this.lines[this.at] = { ...line, indent: deeper, text: rest };
        items.push(this.block(deeper));
      }
    }
    return items;
  }

  /** @param indent What belongs to the value stands further right. */
  private scalar(text: string, line: Line, indent: number): Value {
    if (text.includes('{{')) throw this.refuse(line, 'templates');
    if (/^[&*!?]/.test(text)) throw this.refuse(line, 'anchors, aliases and tags');
    if (/^[|>][-+\d]*$/.test(text)) return this.blockScalar(indent);
    const isFlow = /^[[{]/.test(text);
    let whole = text;
    for (let next = this.peek(); next && next.indent > indent; next = this.peek()) {
      if (!isFlow && (isItem(next) || pair.test(next.text))) throw this.refuse(next, 'this indentation');
      whole += ` ${next.text}`;
      this.at += 1;
    }
    try {
      return isFlow ? parseFlow(whole) : parseScalar(whole);
    } catch (error) {
      throw this.refuse(line, (error as Error).message);
    }
  }

  private blockScalar(indent: number): string {
    const taken: string[] = [];
    for (
      let line = this.lines[this.at];
      line && (line.indent > indent || line.raw.trim() === '');
      line = this.lines[this.at]
    ) {
      taken.push(line.raw.trim());
      this.at += 1;
    }
    return taken.join('\n').trimEnd();
  }

  private refuse({ number }: Line, what: string): Error {
    return new Error(`line ${number}: ${what} is more YAML than this reads; give the output of kubectl get -o json`);
  }
}

function isItem({ text }: Line): boolean {
  return text === '-' || text.startsWith('- ');
}
