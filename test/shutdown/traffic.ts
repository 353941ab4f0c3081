/** Traffic: 200 requests per second from keep-alive clients, and probes as a kubelet sends them. */
import { Agent } from 'node:http';
import type { Doomed } from './doomed.js';

interface Told {
  readonly status?: number;
  readonly connection?: string;
  /** What went wrong on the network. */
  readonly error?: string;
  /** Whether the service had said before the request was sent that it shuts down. */
  readonly isLate: boolean;
  readonly durationMs: number;
}

/** Keeps asking at a fixed pace, whether or not the answers come. */
export class Caller {
  readonly answers: Told[] = [];
  private readonly pending = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private heard: () => void = () => undefined;

  constructor(
    private readonly doomed: Doomed,
    private readonly path: string,
    perSecond: number,
    private readonly agent?: Agent,
  ) {
    this.timer = setInterval(() => this.ask(), 1000 / perSecond);
  }

  /** Resolves once so many answers are like this. */
  async until(count: number, isIt: (told: Told) => boolean = () => true): Promise<void> {
    while (this.answers.filter(isIt).length < count) await new Promise<void>((resolve) => (this.heard = resolve)); // oxlint-disable-line no-await-in-loop -- it is the loop
  }

  /** Asks no more; resolves with all answers, once the last one is there. */
  async stop(): Promise<readonly Told[]> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    return this.answers;
  }

  private ask(): void {
    const isLate = this.doomed.lines.some(({ msg }) => msg === 'shutdown begins');
    const askedAtMs = performance.now();
    const answer = this.doomed.get(this.path, this.agent).then(
      ({ status, connection }) => ({ ...(status && { status }), ...(connection && { connection }) }),
      (error: Error) => ({ error: error.message }),
    );
    const told = answer.then((one) => {
      this.answers.push({ ...one, isLate, durationMs: performance.now() - askedAtMs });
      this.pending.delete(told);
      this.heard();
    });
    this.pending.add(told);
  }
}
