import { once } from 'node:events';
import { Agent, createServer as createHttps, get } from 'node:https';
import { connect as connectHttp2, createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect, createServer as createNet, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { createObservability, gracefulShutdown, type Shutdown } from '@throughline/core';
import { describe, expect, it } from 'vitest';
import { certificate, key } from '../exporters/certificate.js';

async function start(server: Server, closeTimeoutMs = 20_000): Promise<Shutdown & { port: number }> {
  const observability = createObservability({ isolated: true, exporters: [], log: { level: 'silent' } });
  const shutdown = gracefulShutdown(server, { observability, signals: [], delayMs: 0, closeTimeoutMs });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { ...shutdown, port: (server.address() as AddressInfo).port };
}

describe('a shutdown of a server of', () => {
  it('node:https answers what is under way and closes warm connections', async () => {
    const held: (() => void)[] = [];
    const server = createHttps({ key, cert: certificate }, (req, res) => {
      if (req.url === '/held') held.push(() => res.end('held'));
      else res.end('at once');
    });
    const { port, shutdown } = await start(server);
    const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
    const ask = async (path: string): Promise<string> => {
      const [response] = await once(get({ host: '127.0.0.1', port, path, agent }), 'response');
      return `${String(response.headers.connection)} ${await text(response)}`;
    };
    expect(await ask('/')).toBe('keep-alive at once');
    const [held1, idle] = [ask('/held'), ask('/')];
    expect(await idle).toBe('keep-alive at once');
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve)); // oxlint-disable-line no-await-in-loop -- it is the loop
    const report = shutdown();
    setImmediate(() => held[0]?.());
    expect(await held1).toBe('close held');
    expect((await report).requests).toEqual({ served: 1, cut: 0 });
    agent.destroy();
  });

  it('node:http2 lets streams finish, takes no more and ends the sessions', async () => {
    const streams: ServerHttp2Stream[] = [];
    const server = createHttp2().on('stream', (stream) => {
      stream.respond({ ':status': 200 });
      streams.push(stream);
    });
    const { port, shutdown } = await start(server);
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const request = session.request({ ':path': '/' });
    await once(request, 'response');
    const report = shutdown();
    await once(session, 'goaway');
    streams[0]?.end('finished');
    expect(await text(request)).toBe('finished');
    if (!session.destroyed) await once(session, 'close');
    expect((await report).requests.cut).toBe(0);
    expect((await report).phases.closeMs).toBeLessThan(20_000);
  });

  it('node:net cuts what does not end in time', async () => {
    const { port, shutdown } = await start(createNet(), 100);
    const socket = connect(port, '127.0.0.1');
    socket.resume();
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await shutdown();
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});
