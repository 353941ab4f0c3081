/** What the Koa adapter promises of requests that come over HTTP/2. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type ClientHttp2Session, connect, constants, createServer, type IncomingHttpHeaders } from 'node:http2';
import { requestContext } from '@throughline/koa';
import Koa from 'koa';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { type Service, start } from '../contract/start.js';

/** Starts a service that speaks HTTP/2 without TLS, and a client of it. */
async function startHttp2(answer: Koa.Middleware): Promise<{ service: Service; client: ClientHttp2Session }> {
  const service = await start({
    name: 'koa over HTTP/2',
    async listen(observability) {
      const app = new Koa().use(requestContext({ observability })).use(answer);
      const handle = app.callback();
      const server = createServer((req, res) => void handle(req, res)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      // The contract closes the server and asks it for its address, as it does with one of HTTP/1.
      return { server: server as unknown as Server, close: async () => void (await once(server.close(), 'close')) };
    },
  });
  const client = connect(`http://127.0.0.1:${service.port}`);
  onTestFinished(() => client.destroy());
  return { service, client };
}

describe(`koa ${inject('major')} over HTTP/2`, () => {
  it('answers a stream with the id that is logged, and does not guess at its bytes', async () => {
    const { service, client } = await startHttp2((ctx) => {
      ctx.respond = false;
      ctx.res.writeHead(200).end('fine');
    });
    const request = client.request({ ':path': '/orders' });
    const [headers] = (await once(request, 'response')) as [IncomingHttpHeaders];
    await once(request.resume(), 'close');
    client.close();
    const { access } = await service.finish();
    expect(access).toMatchObject([{ request_id: headers['x-request-id'], path: '/orders', status: 200 }]);
    expect(access[0]).not.toHaveProperty('bytes');
  });

  it('tells of a stream that the client resets', async () => {
    const { service, client } = await startHttp2(async (ctx) => {
      request.close(constants.NGHTTP2_CANCEL);
      await once(ctx.res, 'close');
    });
    const request = client.request({ ':path': '/slow' });
    await once(request, 'close');
    client.close();
    expect((await service.finish()).lines).toMatchObject([{ status: 499, aborted: true, level: 'warn' }]);
  });
});
