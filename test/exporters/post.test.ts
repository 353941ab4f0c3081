import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSink, type Sink } from '../contract/faulty-sink.js';
import { FakeClock } from '../../packages/core/testing/simulation.js';
import { createHttpTransport } from '../../packages/core/src/export/post.js';
import type { Outcome, Transport } from '../../packages/core/src/export/transport.js';

let sink: Sink;
let clock: FakeClock;
let transport: Transport;

beforeEach(async () => {
  sink = await startSink(() => ({ status: 200, body: 'ok' }));
  clock = new FakeClock();
  transport = createHttpTransport(clock);
});

afterEach(async () => {
  transport.close();
  await sink.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.restoreAllMocks();
});

function post(url = `${sink.url}/in`, body = '[]'): Promise<Outcome> {
  return transport.send({ url, headers: { authorization: 'Basic x' }, body }, 10_000).outcome;
}

async function arrived(count = 1): Promise<void> {
  await vi.waitUntil(() => sink.requests.length >= count);
}

describe('post', () => {
  it('sends a body with its length, and gives status, headers and text back', async () => {
    sink.react = () => ({ status: 418, headers: { 'retry-after': '7' }, body: 'tea' });
    expect(await post(undefined, 'é')).toMatchObject({
      kind: 'answer',
      answer: { status: 418, headers: { 'retry-after': '7' }, body: 'tea' },
    });
    expect(sink.requests).toMatchObject([
      { path: '/in', body: 'é', headers: { 'content-length': '2', authorization: 'Basic x' } },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('keeps one connection for all requests', async () => {
    for (let index = 0; index < 3; index++) await post();
    expect(sink.requests.map(({ turn }) => turn)).toEqual([1, 2, 3]);
  });

  it('gives up after the deadline, headers or not, and closes the connection', async () => {
    for (const reaction of ['hang', 'stalled body'] as const) {
      sink.react = () => reaction;
      const before = sink.requests.length;
      const outcome = post();
      await arrived(before + 1);
      await clock.advance(9_999);
      expect(sink.connections).toBe(1);
      await clock.advance(1);
      expect(await outcome).toEqual({ kind: 'failure', code: 'TIMEOUT', message: 'no answer within 10000 ms' });
      await vi.waitUntil(() => sink.connections === 0);
    }
  });

  it('reads no more than 64 KiB of an answer', async () => {
    sink.react = () => 'endless body';
    const outcome = await post();
    expect(outcome).toMatchObject({ kind: 'answer', answer: { status: 503 } });
    expect(outcome.kind === 'answer' && outcome.answer.body.length).toBe(65_536);
    await vi.waitUntil(() => sink.connections === 0);
  });

  it('does not follow redirects', async () => {
    sink.react = () => ({ status: 307, headers: { location: `${sink.url}/elsewhere` } });
    expect(await post()).toMatchObject({ answer: { status: 307 } });
    expect(sink.requests).toHaveLength(1);
  });

  it('repeats at once what a closing kept connection swallowed, but once only', async () => {
    await post();
    sink.react = ({ turn }) => (turn > 1 ? 'reset' : { status: 200 });
    expect(await post()).toMatchObject({ answer: { status: 200 } });
    expect(sink.requests.map(({ turn }) => turn)).toEqual([1, 2, 1]);
    sink.react = () => 'reset';
    expect(await post()).toMatchObject({ kind: 'failure', code: 'ECONNRESET' });
    expect(sink.requests).toHaveLength(5);
  });

  it('tells a reset, a refusal and an unknown name by code', async () => {
    sink.react = () => 'reset';
    expect(await post()).toMatchObject({ code: 'ECONNRESET' });
    const { url } = sink;
    await sink.close();
    expect(await post(url)).toMatchObject({ kind: 'failure', code: 'ECONNREFUSED' });
    expect(await post('http://nobody.invalid/')).toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) as string,
    });
    sink = await startSink(() => ({ status: 200 }));
  });

  it('ends at once when it is aborted', async () => {
    sink.react = () => 'hang';
    const exchange = transport.send({ url: sink.url, headers: {}, body: '' }, 10_000);
    await arrived();
    exchange.abort();
    expect(await exchange.outcome).toMatchObject({ code: 'ABORTED' });
    await vi.waitUntil(() => sink.connections === 0);
  });

  it('answers what cannot be a request with a failure', async () => {
    expect(await transport.send({ url: sink.url, headers: { a: '\n' }, body: '' }, 1).outcome).toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  it('grants an answer that came while the process stood still a second more', async () => {
    const slow = Object.assign(new FakeClock(), { skippedMs: 0 });
    const now = slow.monotonicMs.bind(slow);
    slow.monotonicMs = () => now() + slow.skippedMs;
    transport = createHttpTransport(slow);
    sink.react = () => 'hang';
    const outcome = post();
    await arrived();
    slow.skippedMs = 30_000;
    await slow.advance(10_000);
    expect(slow.pendingTimers).toBe(1);
    await slow.advance(1_000);
    expect(await outcome).toMatchObject({ code: 'TIMEOUT' });
  });

  it('speaks no plain text to a server that does not speak TLS', async () => {
    expect(await post(sink.url.replace('http:', 'https:'))).toMatchObject({ kind: 'failure' });
    expect(sink.requests).toEqual([]);
  });

  it('refuses a certificate nobody vouches for, whatever the environment says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {}); // Node's, about that variable
    const server = createServer({ key, cert }, (_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await post(`https://localhost:${port}`)).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    server.close();
  });

  it('makes no spans of its own', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const key = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
    let isSuppressed: unknown;
    const note = (): void => void (isSuppressed = context.active().getValue(key));
    subscribe('http.client.request.start', note);
    await post();
    unsubscribe('http.client.request.start', note);
    context.disable();
    expect(isSuppressed).toBe(true);
  });
});

/** Self-signed for `localhost`, made for this test. */
const key = [
  '-----BEGIN EC PRIVATE KEY-----',
  'MHcCAQEEICREFQFwMwrrt66WNaxg9MAG6Nj2aqbpJdNK4tKaJXIXoAoGCCqGSM49',
  'AwEHoUQDQgAEjgKr0qhkbjccZgd9ggtFt1dbrPpBZe6uEHluiZlA+R9WKU+L/39I',
  '5wyI8qWQflCv6InDqPKPrUwYphi8ou8imA==',
  '-----END EC PRIVATE KEY-----',
].join('\n');
const cert = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBmzCCAUGgAwIBAgIUIfp2sKguh09l2uwetgF86InnyjcwCgYIKoZIzj0EAwIw',
  'FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA0MzQxM1oYDzIxMjYxMDI4',
  'MDQzNDEzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO',
  'PQMBBwNCAASOAqvSqGRuNxxmB32CC0W3V1us+kFl7q4QeW6JmUD5H1YpT4v/f0jn',
  'DIjypZB+UK/oicOo8o+tTBimGLyi7yKYo28wbTAdBgNVHQ4EFgQUMmwzIBLtUArX',
  'hQtZsx+QyLIaJ8swHwYDVR0jBBgwFoAUMmwzIBLtUArXhQtZsx+QyLIaJ8swDwYD',
  'VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI',
  'zj0EAwIDSAAwRQIgRk7PBN1jxvo9dJ8rJItO4yYWYyV93iICpch4X+sC0i0CIQD/',
  'fj2BnWJtSyDtjtl3BE/WOZHl4hG2V+RxHVbb2NFDxA==',
  '-----END CERTIFICATE-----',
].join('\n');
