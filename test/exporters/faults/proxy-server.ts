/** Proxy server: forwards and tunnels to one place of the test's, whatever host it was asked for. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificate.js';

export interface ProxyServer {
  readonly port: number;
  /** What it was asked for: `CONNECT host:port`, or `POST http://…`. */
  readonly asked: string[];
  readonly headers: IncomingMessage['headers'][];
  readonly open: ReadonlySet<Socket>;
  /** Status it answers with in the place of doing its work; 0 for no answer at all. */
  refusal: number | undefined;
}

/** Starts a proxy that leads to a port of this machine; it ends with the test. */
export async function startProxy(targetPort: number, certificate?: Certificate): Promise<ProxyServer> {
  const server = certificate === undefined ? createServer() : createSecureServer(certificate);
  const open = new Set<Socket>();
  const proxy: Omit<ProxyServer, 'port'> = { asked: [], headers: [], open, refusal: undefined };
  const note = ({ method, url, headers }: IncomingMessage): void => {
    proxy.asked.push(`${method} ${url}`);
    proxy.headers.push(headers);
  };
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  });
  server.on('request', (incoming, response) => {
    note(incoming);
    if (proxy.refusal === 0) return;
    if (proxy.refusal !== undefined) return void response.writeHead(proxy.refusal).end('the proxy says no');
    const { method, headers, url = '' } = incoming;
    const path = new URL(url).pathname;
    const onward = request({ host: '127.0.0.1', port: targetPort, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    incoming.pipe(onward);
  });
  server.on('connect', (incoming, socket: Socket) => {
    note(incoming);
    socket.on('error', () => undefined);
    if (proxy.refusal === 0) return void socket.on('end', () => socket.end()).resume();
    if (proxy.refusal !== undefined) return void socket.end(`HTTP/1.1 ${proxy.refusal} No\r\n\r\n`);
    const onward = connect(targetPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return Object.assign(proxy, { port: (server.address() as AddressInfo).port });
}
