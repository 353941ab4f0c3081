import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSink, type Sink } from '../contract/faulty-sink.js';
import { PATIENCE } from '../contract/patience.js';
import { createCertificate } from './faults/certificate.js';
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
});

function post(url = `${sink.url}/in`, body = '[]'): Promise<Outcome> {
  return transport.send({ url, headers: { authorization: 'Basic x' }, body }, 10_000).outcome;
}

async function arrived(count = 1): Promise<void> {
  await vi.waitUntil(() => sink.requests.length >= count, PATIENCE);
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

  it('packs a body when it is asked to, and asks for no packed answer', async () => {
    transport = createHttpTransport(clock, { compression: 'gzip' });
    const packed: Buffer[] = [];
    const server = createPlainServer((incoming, response) => {
      incoming.on('data', (piece: Buffer) => packed.push(piece)).on('end', () => response.end());
      expect(incoming.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'a/b' });
      expect(incoming.headers).not.toHaveProperty('accept-encoding');
      expect(incoming.headers).not.toHaveProperty('transfer-encoding');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const body = 'é'.repeat(100_000);
    const request = { url: `http://127.0.0.1:${port}`, headers: { 'content-type': 'a/b' }, body };
    expect(await transport.send(request, 10_000).outcome).toMatchObject({ answer: { status: 200 } });
    expect(gunzipSync(Buffer.concat(packed)).toString()).toBe(body);
    expect(Buffer.concat(packed).length).toBeLessThan(2_000);
    server.close();
  });

  it('ends at once when it is aborted while it packs', async () => {
    transport = createHttpTransport(clock, { compression: 'gzip' });
    const exchange = transport.send({ url: sink.url, headers: {}, body: 'x'.repeat(1_000_000) }, 10_000);
    exchange.abort();
    expect(await exchange.outcome).toMatchObject({ code: 'ABORTED' });
    await promisify(gzip)('x'.repeat(2_000_000));
    expect(sink.requests).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('keeps one connection for all requests', async () => {
    const warn = vi.spyOn(process, 'emitWarning');
    for (let index = 0; index < 20; index++) await post();
    expect(sink.requests.map(({ turn }) => turn)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(warn).not.toHaveBeenCalled(); // of listeners that pile up
  });

  it.each([
    ['hang', 'TIMEOUT', 'no answer within 10000 ms'],
    ['stalled body', 'ANSWER_CUT', 'the answer broke off after HTTP 200 (no answer within 10000 ms)'],
  ] as const)('gives up a %s after the deadline, and closes the connection', async (reaction, code, message) => {
    sink.react = () => reaction;
    const outcome = post();
    await arrived();
    await clock.advance(9_999);
    expect(sink.connections).toBe(1);
    await clock.advance(1);
    expect(await outcome).toEqual({ kind: 'failure', code, message });
    await vi.waitUntil(() => sink.connections === 0, PATIENCE);
  });

  it('reads no more than 64 KiB of an answer', async () => {
    sink.react = () => 'endless body';
    const outcome = await post();
    expect(outcome).toMatchObject({ kind: 'answer', answer: { status: 503 } });
    expect(outcome.kind === 'answer' && outcome.answer.body.length).toBe(65_536);
    await vi.waitUntil(() => sink.connections === 0, PATIENCE);
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
    await vi.waitUntil(() => sink.connections === 0, PATIENCE);
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
    const server = createServer(createCertificate(), (_, response) => response.end());
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
