/** Wire: a server made of a bare socket, which keeps a ledger of what arrived and answers byte by byte. */
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What tells the records apart, in their order. */
  readonly uids: readonly string[];
  /** How many requests came over this connection, this one included. */
  readonly turn: number;
}

/** Does with a whole request what a test wants. */
export type Reaction = (socket: Socket, request: WireRequest) => void;

export interface WireOptions {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: TlsOptions;
}

export class Wire {
  readonly requests: WireRequest[] = [];
  readonly open = new Set<Socket>();
  /** Connections since the start. */
  connections = 0;
  react: Reaction = store;
  /** Called with each piece that arrives, before it is looked at; `true` when that is all that happens to it. */
  intercept: (socket: Socket, received: Buffer) => boolean = () => false;
  readonly server: Server;

  constructor(tls: TlsOptions | undefined) {
    const serve = (socket: Socket): void => this.#serve(socket);
    this.server = tls === undefined ? createTcpServer(serve) : createTlsServer(tls, serve);
    this.server.on('connection', (socket: Socket) => {
      this.connections++;
      this.open.add(socket);
      socket.on('error', () => undefined).on('close', () => this.open.delete(socket));
    });
    this.server.on('tlsClientError', () => undefined);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Every record that arrived, each time it did. */
  get ledger(): string[] {
    return this.requests.flatMap(({ uids }) => uids);
  }

  /** Records that arrived again. */
  get duplicates(): number {
    return this.ledger.length - new Set(this.ledger).size;
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  #serve(socket: Socket): void {
    let received = Buffer.alloc(0);
    let turn = 0;
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      if (this.intercept(socket, received)) return;
      for (let parsed = parse(received); parsed !== undefined; parsed = parse(received)) {
        received = received.subarray(parsed.size);
        const request = { ...parsed.request, turn: ++turn };
        this.requests.push(request);
        this.react(socket, request);
      }
    });
  }
}

/** Starts a wire on the loopback address; a given port lets it come back where it was. It ends with the test. */
export async function startWire(react: Reaction = store, options: WireOptions = {}): Promise<Wire> {
  const wire = new Wire(options.tls);
  wire.react = react;
  wire.server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(wire.server, 'listening');
  onTestFinished(() => wire.close());
  return wire;
}

/** Answers as OpenObserve does when all is stored. */
export function store(socket: Socket, { uids }: WireRequest): void {
  socket.write(answer(200, stored(uids.length)));
}

export function stored(count: number): string {
  return JSON.stringify({ code: 200, status: [{ name: 'prod', successful: count, failed: 0 }] });
}

/** An answer as it goes over the wire. */
export function answer(status: number, body = '', headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ 'content-length': String(Buffer.byteLength(body)), ...headers });
  const head = [`HTTP/1.1 ${status} Said`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function parse(received: Buffer): { size: number; request: Omit<WireRequest, 'turn'> } | undefined {
  const headSize = received.indexOf('\r\n\r\n') + 4;
  if (headSize < 4) return undefined;
  const [first = '', ...lines] = received
    .subarray(0, headSize - 4)
    .toString('latin1')
    .split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const size = headSize + Number(headers['content-length'] ?? 0);
  if (received.length < size) return undefined;
  const packed = received.subarray(headSize, size);
  const body = (headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed).toString();
  const uids = [...body.matchAll(/"uid":"([0-9A-HJKMNP-TV-Z]{26})"/g)].map(([, uid = '']) => uid);
  const [method = '', target = ''] = first.split(' ');
  return { size, request: { method, target, headers, body, uids } };
}
