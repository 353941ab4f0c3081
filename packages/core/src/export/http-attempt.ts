/** HTTP attempt: one POST under a deadline, with an answer bounded in size. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { gzip } from 'node:zlib';
import type { Clock, Timer } from '../internal/clock.js';
import type { Route } from './route.js';
import { suppressTracing } from './suppress-tracing.js';
import type { Attempt, ExportRequest, Outcome } from './transport.js';
import { ProxyError } from './tunnel.js';
import { letProcessEnd } from './unheld-socket.js';

/** Bytes of an answer that are read; the connection is closed on more. */
const maxAnswerBytes = 65_536;

/** A timer that comes later than this shows that the process stood still, so the answer may be waiting unread. */
const lateMs = 1_000;

export interface HttpAttemptOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly compression: 'gzip' | 'none';
  readonly routeTo: (url: URL) => Route;
}

export class HttpAttempt implements Attempt {
  readonly outcome: Promise<Outcome>;
  readonly #request: ExportRequest;
  readonly #options: HttpAttemptOptions;
  #resolve: (outcome: Outcome) => void = () => undefined;
  #isSettled = false;
  #route: Route | undefined;
  #outgoing: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #chunks: Buffer[] = [];
  #deadline: Timer;

  constructor(request: ExportRequest, options: HttpAttemptOptions) {
    this.#request = request;
    this.#options = options;
    this.outcome = new Promise((resolve) => (this.#resolve = resolve));
    this.#deadline = this.#timer(options.timeoutMs, true);
    suppressTracing(() => this.#pack());
  }

  abort(): void {
    this.#fail('ABORTED', 'the exporter was closed');
  }

  #timer(delayMs: number, mayExtend: boolean): Timer {
    const { clock } = this.#options;
    const dueMs = clock.monotonicMs() + delayMs;
    return clock.after(delayMs, () => {
      const isLate = clock.monotonicMs() - dueMs > lateMs;
      if (isLate && mayExtend) this.#deadline = this.#timer(lateMs, false);
      else this.#break('TIMEOUT', `no answer within ${delayMs} ms`);
    });
  }

  /** Packs off the main thread; at level 1, since higher ones cost three times as much for a few per cent. */
  #pack(): void {
    const body = Buffer.from(this.#request.body);
    const headers = { 'user-agent': 'throughline', ...this.#request.headers };
    if (this.#options.compression === 'none') return this.#start(body, headers, true);
    gzip(body, { level: 1 }, (error, packed) => {
      if (error) this.#fail('GZIP_FAILED', error.message);
      else if (!this.#isSettled) this.#start(packed, { ...headers, 'content-encoding': 'gzip' }, true);
    });
  }

  #start(body: Buffer, headers: Readonly<Record<string, string>>, mayRepeat: boolean): void {
    try {
      const url = new URL(this.#request.url);
      this.#route = this.#options.routeTo(url);
      const outgoing = this.#route.open(url, { ...headers, 'content-length': body.length });
      this.#outgoing = outgoing;
      outgoing.on('socket', letProcessEnd);
      outgoing.on('response', (response) => this.#read(response));
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        if (this.#outgoing !== outgoing) return;
        // The server closed the kept connection just as we wrote on it: not its trouble, so once more on a new one.
        const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (isStale && mayRepeat && this.#response === undefined) this.#start(body, headers, false);
        else this.#break(error.code ?? 'REQUEST_FAILED', textOf(error));
      });
      outgoing.on('close', () => {
        if (this.#outgoing === outgoing) this.#break('NO_ANSWER', 'the connection was closed');
      });
      outgoing.end(body);
    } catch (error) {
      const code = error instanceof ProxyError ? error.code : 'INVALID_REQUEST';
      this.#fail(code, error instanceof Error ? error.message : 'the request cannot be made');
    }
  }

  #read(response: IncomingMessage): void {
    let size = 0;
    this.#response = response;
    response.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      size += chunk.length;
      if (size <= maxAnswerBytes) return;
      this.#answer(response);
      response.destroy();
    });
    response.on('end', () => this.#answer(response));
    response.on('error', (error) => this.#break('ANSWER_CUT', error.message));
  }

  /** The exchange went no further. What follows a whole answer is of no interest, and a refusal needs no more words. */
  #break(code: string, message: string): void {
    const response = this.#response;
    if (response === undefined) return this.#fail(code, message);
    const status = response.statusCode ?? 0;
    const outgoing = this.#outgoing;
    // Hands over what has arrived and waits for the next turn.
    if (response.complete) while (response.read() !== null);
    if (response.complete || status >= 300) this.#answer(response);
    else this.#fail('ANSWER_CUT', `the answer broke off after HTTP ${status} (${message})`);
    outgoing?.destroy();
  }

  #answer(response: IncomingMessage): void {
    const { statusCode: status = 0, headers } = response;
    if (this.#route?.isOwnRefusal(status))
      return this.#fail(`PROXY_${status}`, `the proxy refused the request with HTTP ${status}`);
    const bytes = Buffer.concat(this.#chunks).subarray(0, maxAnswerBytes);
    this.#settle({ kind: 'answer', answer: { status, headers, body: bytes.toString(), bytes } });
  }

  #fail(code: string, message: string): void {
    const outgoing = this.#outgoing;
    this.#settle({ kind: 'failure', code, message });
    outgoing?.destroy();
    this.#route?.cancel();
  }

  /** Only the first outcome counts. */
  #settle(outcome: Outcome): void {
    this.#isSettled = true;
    this.#outgoing = undefined;
    this.#deadline.cancel();
    this.#resolve(outcome);
  }
}

/** Several addresses that were tried in vain make one error without words of its own. */
function textOf(error: Error): string {
  if (!(error instanceof AggregateError)) return error.message;
  return error.errors.map(({ message }: Error) => message).join(', ');
}
