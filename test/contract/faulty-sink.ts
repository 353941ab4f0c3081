/** Faulty sink: a local server in the place of a destination, which answers, stalls, lies and breaks on command. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** What the sink does with a request: answers it, or misbehaves. */
export type Reaction =
  | {
      readonly status: number;
      readonly body?: string | Uint8Array;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'hang'
  | 'reset'
  | 'endless body'
  | 'stalled body';

export interface SinkRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** What came, unpacked: as text, and as it is. */
  readonly body: string;
  readonly bytes: Buffer;
  /** How many requests came over this connection, this one included. */
  readonly turn: number;
}

export interface Sink {
  readonly url: string;
  readonly requests: readonly SinkRequest[];
  /** Connections that are open now. */
  readonly connections: number;
  /** What to do with the next requests. */
  react: (request: SinkRequest) => Reaction;
  close(): Promise<void>;
}

/** Starts a sink; a given port lets it come back where it was. */
export async function startSink(react: Sink['react'], port = 0): Promise<Sink> {
  const requests: SinkRequest[] = [];
  const turns = new WeakMap<object, number>();
  const open = new Set<object>();
  const take = (incoming: IncomingMessage, response: ServerResponse, packed: Buffer): void => {
    const turn = (turns.get(incoming.socket) ?? 0) + 1;
    turns.set(incoming.socket, turn);
    const { url: path = '', headers } = incoming;
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed;
    const request = { path, headers, body: bytes.toString(), bytes, turn };
    requests.push(request);
    perform(sink.react(request), response);
  };
  const server = createServer((incoming, response) => {
    buffer(incoming).then(
      (body) => take(incoming, response, body),
      () => response.destroy(),
    );
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const sink: Sink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return open.size;
    },
    react,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
}

function perform(reaction: Reaction, response: ServerResponse): void {
  if (reaction === 'hang') return;
  if (reaction === 'reset') response.socket?.resetAndDestroy();
  else if (reaction === 'stalled body') response.writeHead(200).write('{');
  else if (reaction === 'endless body') pour(response);
  else response.writeHead(reaction.status, reaction.headers).end(reaction.body);
}

/** Writes for as long as somebody reads. */
function pour(response: ServerResponse): void {
  response.writeHead(503);
  const write = (): void => {
    while (!response.destroyed && response.write('x'.repeat(16_384)));
    if (!response.destroyed) response.once('drain', write);
  };
  write();
}
