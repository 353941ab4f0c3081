/** POST: one HTTP exchange under a deadline, with an answer bounded in size. */
import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Clock, Timer } from '../internal/clock.js';
import { suppressTracing } from './suppress-tracing.js';
import type { Attempt, ExportRequest, Outcome, Transport } from './transport.js';

/** Bytes of an answer that are read; the connection is closed on more. */
const maxAnswerBytes = 65_536;

/** A timer that comes later than this shows that the process stood still, so the answer may be waiting unread. */
const lateMs = 1_000;

const agentOptions = { keepAlive: true, maxSockets: 1, maxFreeSockets: 1 };

/** Makes a transport over `node:http` with a connection of its own; certificates are verified whatever the environment says. */
export function createHttpTransport(clock: Clock): Transport {
  let agent: HttpAgent | HttpsAgent | undefined;
  return {
    send(request, timeoutMs) {
      agent ??= request.url.startsWith('https:')
        ? new HttpsAgent({ ...agentOptions, rejectUnauthorized: true })
        : new HttpAgent(agentOptions);
      return new Post(request, agent, clock, timeoutMs);
    },
    close() {
      agent?.destroy();
      agent = undefined;
    },
  };
}

class Post implements Attempt {
  readonly outcome: Promise<Outcome>;
  readonly #request: ExportRequest;
  readonly #agent: HttpAgent;
  readonly #clock: Clock;
  #resolve: (outcome: Outcome) => void = () => undefined;
  #outgoing: ClientRequest | undefined;
  #deadline: Timer;

  constructor(request: ExportRequest, agent: HttpAgent, clock: Clock, timeoutMs: number) {
    this.#request = request;
    this.#agent = agent;
    this.#clock = clock;
    this.outcome = new Promise((resolve) => (this.#resolve = resolve));
    this.#deadline = this.#timer(timeoutMs, true);
    suppressTracing(() => this.#start(true));
  }

  abort(): void {
    this.#fail('ABORTED', 'the exporter was closed');
  }

  #timer(delayMs: number, mayExtend: boolean): Timer {
    const dueMs = this.#clock.monotonicMs() + delayMs;
    return this.#clock.after(delayMs, () => {
      const isLate = this.#clock.monotonicMs() - dueMs > lateMs;
      if (isLate && mayExtend) this.#deadline = this.#timer(lateMs, false);
      else this.#fail('TIMEOUT', `no answer within ${delayMs} ms`);
    });
  }

  #start(mayRepeat: boolean): void {
    const body = Buffer.from(this.#request.body);
    const headers = { 'user-agent': 'throughline', ...this.#request.headers, 'content-length': body.length };
    const send = this.#request.url.startsWith('https:') ? requestHttps : requestHttp;
    try {
      const outgoing = send(this.#request.url, { method: 'POST', agent: this.#agent, headers });
      this.#outgoing = outgoing;
      outgoing.on('socket', (socket) => socket.unref());
      outgoing.on('response', (response) => this.#read(response));
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The server closed the kept connection just as we wrote on it: not its trouble, so once more on a new one.
        const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (isStale && mayRepeat && this.#outgoing === outgoing) this.#start(false);
        else if (this.#outgoing === outgoing) this.#fail(error.code ?? 'REQUEST_FAILED', error.message);
      });
      outgoing.on('close', () => {
        if (this.#outgoing === outgoing) this.#fail('NO_ANSWER', 'the connection closed without an answer');
      });
      outgoing.end(body);
    } catch (error) {
      this.#fail('INVALID_REQUEST', error instanceof Error ? error.message : 'the request cannot be made');
    }
  }

  #read(response: IncomingMessage): void {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (): void => {
      const bytes = Buffer.concat(chunks).subarray(0, maxAnswerBytes);
      const { statusCode: status = 0, headers } = response;
      this.#settle({ kind: 'answer', answer: { status, headers, body: bytes.toString(), bytes } });
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= maxAnswerBytes) return;
      finish();
      response.destroy();
    });
    response.on('end', finish);
    response.on('error', (error) => this.#fail('ANSWER_CUT', error.message));
  }

  #fail(code: string, message: string): void {
    const outgoing = this.#outgoing;
    this.#settle({ kind: 'failure', code, message });
    outgoing?.destroy();
  }

  /** Only the first outcome counts. */
  #settle(outcome: Outcome): void {
    this.#outgoing = undefined;
    this.#deadline.cancel();
    this.#resolve(outcome);
  }
}
