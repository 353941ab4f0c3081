/** Collector: a server on the loopback address that answers as told and keeps what it is sent. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Serves until the test is over; resolves with the address. */
export async function serve(listener: (...args: Parameters<RequestListener>) => unknown): Promise<string> {
  const server = createServer((req, res) => void listener(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface Collector {
  readonly url: string;
  /** Bodies that arrived. */
  readonly received: readonly unknown[];
}

export async function collect(
  answer: (body: unknown) => unknown,
  read: (body: string) => unknown = (body) => JSON.parse(body) as unknown,
): Promise<Collector> {
  const received: unknown[] = [];
  const url = await serve(async (req, res) => {
    const body = read(Buffer.concat(await req.toArray()).toString());
    received.push(body);
    res.end(JSON.stringify(answer(body)));
  });
  return { url, received };
}
