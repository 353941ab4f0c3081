import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tcpCheck, type TcpTarget } from '@throughline/core/checks/tcp';
import type { ComponentReport } from '@throughline/core';
import { afterEach, describe, expect, it } from 'vitest';
import { describeCheck, healthOf, PASSWORD, unhurried } from '../contract/check.js';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function listen(onSocket: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => onSocket(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

/** Says what it thinks of the password it is sent, as POP3 does. */
const password = (socket: Socket): void => {
  socket.on('data', (chunk) => {
    if (String(chunk) === `PASS ${PASSWORD}\r\n`) socket.write('+OK\r\n');
    else socket.end('-ERR\r\n');
  });
};

describeCheck({
  name: 'tcp',
  async start() {
    const { port, server } = await listen(password);
    return { port, stop: () => void server.close() };
  },
  connect: async (port, given) => ({
    check: (options) => tcpCheck({ host: '127.0.0.1', port, send: `PASS ${given}\r\n`, expect: /^\+OK/ }, options),
    disconnected: async () => {},
    reconnected: async () => {},
    close: () => {},
  }),
  codes: { closed: 'REFUSED', denied: 'UNEXPECTED_ANSWER' },
  misuse: (given) => tcpCheck(given as TcpTarget),
});

async function reported(
  onSocket: (socket: Socket) => void,
  target: Partial<TcpTarget> = {},
  options = unhurried,
): Promise<ComponentReport | undefined> {
  const { port, server } = await listen(onSocket);
  servers.push(server);
  const health = healthOf(tcpCheck({ host: '127.0.0.1', port, ...target }, options));
  return (await health.check()).checks[0];
}

describe('tcpCheck', () => {
  it('is ok with a connection where nothing is expected, and hangs up at once', async () => {
    let closed: Promise<unknown> | undefined;
    expect(await reported((socket) => void (closed = once(socket.resume(), 'close')))).toMatchObject({ status: 'ok' });
    await expect(closed).resolves.toBeDefined();
  });

  it('is ok with a greeting that comes by and by', async () => {
    const greet = (socket: Socket): void => void socket.write('22', () => socket.write('0 ready\r\n'));
    expect(await reported(greet, { expect: /^220 / })).toMatchObject({ status: 'ok' });
  });

  it('is down with UNEXPECTED_ANSWER for another greeting, once the other side hangs up', async () => {
    const report = await reported((socket) => socket.end('421 busy\r\n'), { expect: /^220 / });
    expect(report).toMatchObject({ status: 'down', code: 'UNEXPECTED_ANSWER' });
  });

  it('is down with DISCONNECTED when the other side hangs up without a word', async () => {
    const report = await reported((socket) => socket.end(), { expect: /./ });
    expect(report).toMatchObject({ status: 'down', code: 'DISCONNECTED' });
  });

  it('reads no more than 4 KiB of an answer that does not match', async () => {
    const report = await reported((socket) => void socket.write('x'.repeat(5000)), { expect: /^220 / });
    expect(report).toMatchObject({ status: 'down', code: 'UNEXPECTED_ANSWER' });
  });

  it('hangs up on a server that says nothing in time', async () => {
    let closed: Promise<unknown> | undefined;
    const silent = (socket: Socket): void => void (closed = once(socket.resume(), 'close'));
    expect(await reported(silent, { expect: /./ }, { timeoutMs: 50 })).toMatchObject({
      status: 'down',
      code: 'TIMEOUT',
    });
    await expect(closed).resolves.toBeDefined();
  });

  it('is down with DNS when the host has no address', async () => {
    const health = healthOf(tcpCheck({ host: 'nowhere.invalid', port: 1 }, unhurried));
    expect((await health.check()).checks).toMatchObject([{ status: 'down', code: 'DNS' }]);
  });

  it('names the host and the port that are asked', () => {
    expect(tcpCheck({ host: 'smtp', port: 25, send: 'hunter2' }).target).toBe('smtp:25');
  });

  it.each([
    ['tcpCheck.port', { host: 'mail', port: 0 }],
    ['tcpCheck.port', { host: 'mail', port: 65_536 }],
    ['tcpCheck.host', { port: 25 }],
    ['tcpCheck.send', { host: 'mail', port: 25, send: 7 }],
    ['tcpCheck.expect', { host: 'mail', port: 25, expect: '220' }],
  ])('refuses a bad %s: %j', (option, target) => {
    expect(() => tcpCheck(target as TcpTarget)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', option }));
  });
});
