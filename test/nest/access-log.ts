/** Access log: an observability of its own whose access lines a test can wait for. */
import { createObservability, type Observability } from '@throughline/core';

export type Line = Record<string, unknown>;

export interface AccessLog {
  readonly observability: Observability;
  /** pino destination of the lines. */
  readonly destination: { write(text: string): void };
  /** Everything that was logged. */
  readonly lines: readonly Line[];
  /** The access line with this request id, as soon as it is written: the client has its answer a little earlier. */
  of(requestId: string): Promise<Line>;
  /** The access lines with this request id, after a later request was logged. */
  all(requestId: string): Line[];
}

export function accessLog(): AccessLog {
  const lines: Line[] = [];
  const waiting = new Map<string, (line: Line) => void>();
  const write = (text: string): void => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    if (line['logger'] === 'http') waiting.get(String(line['request_id']))?.(line);
  };
  const all = (id: string): Line[] => lines.filter((line) => line['logger'] === 'http' && line['request_id'] === id);
  return {
    destination: { write },
    lines,
    all,
    observability: createObservability({
      isolated: true,
      exporters: [],
      log: { level: 'debug', destination: { write } },
    }),
    of: (requestId) => {
      const [line] = all(requestId);
      return line ? Promise.resolve(line) : new Promise((resolve) => waiting.set(requestId, resolve));
    },
  };
}
