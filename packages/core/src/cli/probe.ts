/** Probe: asks a health endpoint as a container's health check does, with nothing but `node:http`. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Result } from './result.js';

/** The longest answer that is shown. */
const shownLength = 200;

export async function probe(args: readonly string[]): Promise<Result> {
  const { url, timeoutMs, printShell } = readArguments(args);
  if (printShell) return { exitCode: 0, text: (await import('./probe-shell.js')).shellProbe(url, timeoutMs) };
  // Only what is needed: each module costs a few milliseconds of every probe.
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  return ask(request, url, timeoutMs);
}

interface Arguments {
  readonly url: URL;
  readonly timeoutMs: number;
  readonly printShell: boolean;
}

/** By hand, because `parseArgs` would cost as much as the request. */
function readArguments(args: readonly string[]): Arguments {
  let timeoutMs = 1000;
  let printShell = false;
  const rest: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const [name, value] = (args[at] ?? '').split('=', 2);
    if (name === '--print-shell') printShell = true;
    else if (name === '--timeout-ms') timeoutMs = Number(value ?? args[(at += 1)]);
    else rest.push(args[at] ?? '');
  }
  const [text = ''] = rest;
  if (rest.length !== 1 || text.startsWith('-') || !URL.canParse(text))
    throw new Error(`give one URL, got: ${rest.join(' ')}`);
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol))
    throw new Error(`the URL must begin with http:// or https://, got ${url.protocol}`);
  if (!(timeoutMs >= 1 && timeoutMs <= 600_000)) throw new Error('--timeout-ms must be a number from 1 to 600000');
  return { url, timeoutMs, printShell };
}

type Request = (url: URL, options: RequestOptions, onResponse: (response: IncomingMessage) => void) => ClientRequest;

function ask(request: Request, url: URL, timeoutMs: number): Promise<Result> {
  return new Promise((resolve) => {
    const finish = (exitCode: number, text: string): void => {
      clearTimeout(timer);
      asked.destroy();
      resolve({ exitCode, text });
    };
    const asked = request(url, { agent: false, headers: { 'user-agent': 'throughline-probe' } }, (response) => {
      const { statusCode = 0 } = response;
      const exitCode = statusCode >= 200 && statusCode < 300 ? 0 : 1;
      let body = '';
      const told = (): void => finish(exitCode, `${statusCode} ${printable(body)}`.trim());
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > shownLength) told();
      });
      response.once('end', told).once('error', told);
    });
    const timer = setTimeout(() => finish(2, `no answer within ${timeoutMs} ms`), timeoutMs);
    asked.once('error', (error: NodeJS.ErrnoException) =>
      finish(2, `no answer: ${printable(error.code ?? error.message)}`),
    );
    asked.end();
  });
}

/** In one line, whatever the server sends. */
function printable(text: string): string {
  const line = text.replace(/[^\x20-\x7e\u00a0-\uffff]+/g, ' ');
  return line.length > shownLength ? `${line.slice(0, shownLength)}…` : line;
}
