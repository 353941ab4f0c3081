/** Tested destinations: how a server of each kind reads a request, and says that it stored everything. */
import type { Reaction, SinkRequest } from '../contract/faulty-sink.js';

export interface TestedDestination {
  readonly name: string;
  readonly accept: (request: SinkRequest) => Reaction;
  readonly records: (request: SinkRequest) => { uid: string; message: string }[];
}

export const destinations: readonly TestedDestination[] = [
  {
    name: 'openobserve',
    accept: (request) => {
      const successful = (JSON.parse(request.body) as unknown[]).length;
      return { status: 200, body: JSON.stringify({ code: 200, status: [{ successful, failed: 0 }] }) };
    },
    records: ({ body }) => JSON.parse(body) as { uid: string; message: string }[],
  },
];
