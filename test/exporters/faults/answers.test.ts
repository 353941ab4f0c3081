import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exporterTo, holdStill, Scene } from './scene.js';
import { answer, startWire, store, stored, type Reaction, type Wire } from './wire.js';

holdStill();

/** Starts a server that answers the first request in this way, and a scene with so many errors for it. */
async function startBoth(react: Reaction, count = 3): Promise<[Scene, Wire]> {
  const wire = await startWire((socket, request) =>
    wire.requests.length === 1 ? react(socket, request) : store(socket, request),
  );
  const scene = new Scene(exporterTo(`http://127.0.0.1:${wire.port}`));
  scene.fail(count);
  return [scene, wire];
}

/** Tells whether the head of an answer was read. */
function watchHeads(): () => boolean {
  let isRead = false;
  const note = (): void => void (isRead = true);
  subscribe('http.client.response.finish', note);
  onTestFinished(() => void unsubscribe('http.client.response.finish', note));
  return () => isRead;
}

const all = stored(3);

describe('an answer', () => {
  it.each([
    ['after 100 Continue', `HTTP/1.1 100 Continue\r\n\r\n${answer(200, all)}`],
    [
      'after 102 Processing and 103 Early Hints',
      `HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\nlink: </x>\r\n\r\n${answer(200, all)}`,
    ],
    ['after a thousand early hints', `${'HTTP/1.1 103 Early\r\n\r\n'.repeat(1_000)}${answer(200, all)}`],
    ['of HTTP/1.0, which ends with the connection', `HTTP/1.0 200 OK\r\n\r\n${all}`],
    ['that closes the connection', answer(200, all, { connection: 'close' })],
    [
      'in chunks',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${all.length.toString(16)}\r\n${all}\r\n0\r\n\r\n`,
    ],
    ['with rubbish after it', `${answer(200, all)}rubbish, rubbish`],
    ['with another answer after it', answer(200, all) + answer(500)],
    ['that is longer than it says', answer(200, `${all}   more`, { 'content-length': String(all.length) })],
  ])('%s is understood', async (_, said) => {
    const [scene, wire] = await startBoth((socket) =>
      said.startsWith('HTTP/1.0') ? socket.end(said) : socket.write(said),
    );
    await scene.attempt();
    expect(scene.status()).toMatchObject({ state: 'idle', delivered: 3 });
    scene.fail();
    await scene.drain();
    expect(scene.status()).toMatchObject({ delivered: 4, reasons: {} });
    expect(wire.duplicates).toBe(0);
    expect(scene.problems).toEqual([]);
  });

  it.each([
    ['204 with a body', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello'],
    ['204 with chunks', 'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  ])('%s, which confirms nothing, makes the batch come once more', async (_, said) => {
    const [scene, wire] = await startBoth((socket) => socket.write(said));
    await scene.drain();
    expect(scene.status()).toMatchObject({ delivered: 3 });
    expect(wire.duplicates).toBe(3);
  });

  it.each([
    ['200 shorter than it says', answer(200, '{', { 'content-length': '99' })],
    ['200 with a chunk that is none', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['200 that lacks its last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n'],
  ])('%s makes the batch come once more', async (_, said) => {
    const [scene, wire] = await startBoth((socket) => socket.end(said));
    await scene.attempt();
    expect(scene.status()).toMatchObject({ queued: 3, lastError: { code: 'ANSWER_CUT' } });
    await scene.drain();
    expect(scene.status()).toMatchObject({ delivered: 3 });
    expect(wire.duplicates).toBe(3);
  });

  it.each([
    ['with headers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`, 'HPE_HEADER_OVERFLOW'],
    ['that is not HTTP', 'hello there\r\n\r\n', /^HPE_/],
    [
      'that changes the protocol',
      'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      'NO_ANSWER',
    ],
    ['with two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}', /^HPE_/],
    ['with a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', /^HPE_/],
  ])('%s keeps the errors', async (_, said, code) => {
    const [scene, wire] = await startBoth((socket) => socket.write(said));
    await scene.attempt();
    expect(scene.status()).toMatchObject({ state: 'backing-off', queued: 3 });
    expect(scene.problems).toEqual([expect.stringMatching(code)]);
    await scene.until(() => wire.open.size === 0);
    await scene.drain();
    expect(scene.status()).toMatchObject({ delivered: 3 });
    expect(wire.duplicates).toBe(3);
  });

  it('that comes byte by byte counts when it is there in time', async () => {
    const [scene] = await startBoth((socket) => {
      const bytes = answer(200, all).split('');
      const next = (): void => void (bytes.length > 0 && socket.write(bytes.shift() ?? '', () => setImmediate(next)));
      next();
    });
    await scene.attempt();
    expect(scene.status()).toMatchObject({ delivered: 3 });
  });

  it.each([
    ['in its headers', 'HTTP/1.1 200 OK\r\nx-slow', 'TIMEOUT'],
    ['in its body', 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{', 'ANSWER_CUT'],
  ])('that comes byte by byte and stops %s is given up after 10 s', async (_, said, code) => {
    const [scene, wire] = await startBoth((socket) => socket.write(said));
    const isHeadRead = watchHeads();
    await scene.attemptInVain(() => (code === 'TIMEOUT' ? wire.requests.length === 1 : isHeadRead()));
    expect(scene.status()).toMatchObject({ queued: 3, lastError: { code } });
    await scene.until(() => wire.open.size === 0);
    await scene.drain();
    expect(scene.status()).toMatchObject({ delivered: 3 });
  });

  it('of 503 counts, though its body never ends', async () => {
    const [scene] = await startBoth((socket) =>
      socket.write('HTTP/1.1 503 No\r\nretry-after: 7\r\ncontent-length: 9\r\n\r\n{'),
    );
    await scene.attemptInVain(watchHeads());
    expect(scene.status()).toMatchObject({ queued: 3, lastError: { code: 'HTTP_503' } });
    const waitMs = await scene.attempt();
    expect(waitMs).toBeGreaterThanOrEqual(7_000);
    expect(waitMs).toBeLessThanOrEqual(8_400);
  });

  it('that would unfold to a gigabyte is not unfolded', async () => {
    const bomb = gzipSync(Buffer.alloc(32 * 1_024 * 1_024));
    const [scene, wire] = await startBoth((socket) => {
      socket.write(`HTTP/1.1 503 No\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
      socket.write(bomb);
    });
    await scene.attempt();
    expect(wire.requests[0]?.headers).not.toHaveProperty('accept-encoding');
    expect(scene.status()).toMatchObject({ queued: 3, lastError: { code: 'HTTP_503' } });
    expect(scene.status().lastError?.message.length).toBeLessThan(300);
  });
});

describe('every status', () => {
  /** What becomes of three errors, by the table of docs/exporters.md and what is particular to OpenObserve. */
  function fateOf(status: number): string {
    if (status === 204) return 'again'; // no room for the counts
    if (status < 300) return 'delivered';
    if (status === 400 || status === 413 || status === 422) return 'again'; // in halves
    return [401, 403, 408, 425, 429].includes(status) || status >= 500 ? 'kept' : 'rejected';
  }

  it.each([200, 300, 400, 500])('from %i on has its fate', async (from) => {
    let status = from;
    const wire = await startWire((socket, { uids }) => socket.write(answer(status, stored(uids.length))));
    const scenes = [];
    for (; status < from + 100; status++) {
      const scene = new Scene(exporterTo(`http://127.0.0.1:${wire.port}`));
      scene.fail(3);
      await scene.attempt();
      const { delivered, rejected, state } = scene.status();
      const fate = delivered === 3 ? 'delivered' : rejected === 3 ? 'rejected' : state === 'idle' ? 'again' : 'kept';
      scenes.push([status, fate]);
    }
    expect(scenes).toEqual(scenes.map(([each]) => [each, fateOf(Number(each))]));
    expect(wire.requests).toHaveLength(100);
  });
});
