/** Client: real requests, well formed by `node:http` or written byte by byte. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

export interface Request {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The `x-request-id` of the answer. */
  readonly id: string | undefined;
  readonly body: string;
}

/** Sends a request on a connection of its own, and reads the whole answer. */
export async function send(port: number, { method = 'GET', path, headers = {}, body }: Request): Promise<Received> {
  const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  const text = Buffer.concat(await response.toArray()).toString();
  const id = response.headers['x-request-id'];
  return { status: response.statusCode ?? 0, headers: response.headers, id: id?.toString(), body: text };
}

/** Opens a connection. */
export async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  // A server may close the connection while we still write; what it answered is there to be read.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Writes packets in latin-1, each one after the server has read the one before: it runs on this very event loop. */
export async function write(socket: Socket, ...packets: string[]): Promise<void> {
  for (const packet of packets) {
    await new Promise((resolve) => socket.write(packet, 'latin1', resolve));
    for (let turns = 0; turns < 3; turns++) await turn();
  }
}

/** Writes the packets on a new connection and reads all that comes until the server closes it. */
export async function sendRaw(port: number, ...packets: string[]): Promise<string> {
  const socket = await open(port);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = once(socket, 'close');
  await write(socket, ...packets);
  await closed;
  return Buffer.concat(chunks).toString('latin1');
}

/** The head of a request that asks to close the connection, with the given header lines. */
export function head(requestLine: string, ...headerLines: string[]): string {
  return [`${requestLine} HTTP/1.1`, 'Host: cell', 'Connection: close', ...headerLines, '', ''].join('\r\n');
}

/** All values of `x-request-id` in what came over a connection, in order. */
export function idsIn(received: string): string[] {
  return [...received.matchAll(/^x-request-id: (.*)\r$/gim)].map(([, id = '']) => id);
}
