/** Redis stand-in: enough of the protocol for a client to connect and ping, where no server is installed. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** One command: an array of bulk strings, https://redis.io/docs/latest/develop/reference/protocol-spec/ */
const COMMAND = /\*\d+\r\n((?:\$\d+\r\n[^\r]*\r\n)+)/g;

/** Listens on a free port, asks for this password, and answers as Redis does. */
export async function startRedisStandIn(password: string): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const [, bulk = ''] of String(chunk).matchAll(COMMAND)) {
        const words = bulk.split('\r\n').filter((_, i) => i % 2 === 1);
        socket.write(answer(words, password));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}

function answer([command = '', ...rest]: string[], password: string): string {
  switch (command.toUpperCase()) {
    case 'AUTH':
    case 'HELLO':
      if (!rest.includes(password)) return '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
      return command.toUpperCase() === 'AUTH' ? '+OK\r\n' : '%1\r\n$5\r\nproto\r\n:3\r\n';
    case 'INFO':
      return '$9\r\nloading:0\r\n';
    case 'PING':
      return '+PONG\r\n';
    default:
      return '+OK\r\n';
  }
}
