/** Faulty proxy: a TCP port in front of a server, closed, frozen and mended at will. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface FaultyProxy {
  readonly port: number;
  /** Connections opened so far. */
  readonly connections: number;
  /** Drops every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** Keeps every connection open, new ones too, and lets nothing through. */
  freeze(): void;
  /** Lets nothing more through on the connections there are, as a firewall that forgot them; new ones pass. */
  forget(): void;
  /** Lets everything pass again, what was held back included. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a proxy on a free port of the loopback address. */
export async function createFaultyProxy(targetPort: number): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  const forgotten = new WeakSet<Socket>();
  let frozen = false;
  let port = 0;
  let connections = 0;

  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => {}); // the close that follows says enough
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (frozen) from.pause();
    }
  });

  async function listen(): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  }

  async function refuse(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  }

  await listen();
  return {
    get port() {
      return port;
    },
    get connections() {
      return connections;
    },
    refuse,
    close: refuse,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    forget() {
      for (const socket of sockets) forgotten.add(socket.pause());
    },
    async mend() {
      frozen = false;
      for (const socket of sockets) if (!forgotten.has(socket)) socket.resume();
      if (!server.listening) await listen();
    },
  };
}
