import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { exporterTo, holdStill, Scene } from './scene.js';
import { answer, startWire, store, stored } from './wire.js';

holdStill();

/** Puts another function in the place of `http.request`, as agents that watch a process do. */
function patchRequest(patch: (real: typeof http.request) => typeof http.request): void {
  const real = http.request;
  http.request = patch(real);
  syncBuiltinESMExports();
  onTestFinished(() => {
    http.request = real;
    syncBuiltinESMExports();
  });
}

function fail(): never {
  throw new Error('not today');
}

describe('an exporter', () => {
  it('does not feed on errors that are logged whenever a request fails', async () => {
    const wire = await startWire((socket) => socket.write(answer(503)));
    const scene = new Scene(exporterTo(`http://127.0.0.1:${wire.port}`));
    patchRequest(
      (real) =>
        ((...args: Parameters<typeof http.request>) =>
          real(...args).on('response', () =>
            scene.observability.logger.error(new Error('outgoing request'), 'outgoing request'),
          )) as typeof http.request,
    );
    scene.fail();
    await scene.pass(600_000);
    expect(wire.requests.length).toBeLessThanOrEqual(26);
    expect(scene.status()).toMatchObject({ offered: 1 + wire.requests.length, delivered: 0 });
    wire.react = store;
    await scene.pass(60_000);
    expect(wire.requests.length).toBeLessThanOrEqual(26 + 120);
    expect(scene.status()).toMatchObject({ rejected: 0, dropped: 0 });
  });

  it('keeps errors, and throws at nobody, when a patch of http.request throws', async () => {
    const wire = await startWire();
    const scene = new Scene(exporterTo(`http://127.0.0.1:${wire.port}`));
    let isBroken = true;
    patchRequest(
      (real) =>
        ((...args: Parameters<typeof http.request>) => {
          if (isBroken) throw new Error('not today');
          return real(...args);
        }) as typeof http.request,
    );
    scene.fail();
    await scene.attempt();
    expect(scene.status()).toMatchObject({ state: 'backing-off', queued: 1, lastError: { code: 'INVALID_REQUEST' } });
    isBroken = false;
    await scene.attempt();
    expect(scene.status()).toMatchObject({ delivered: 1 });
  });

  it('survives a request that fails more than once, and after its end', async () => {
    const wire = await startWire();
    const scene = new Scene(exporterTo(`http://127.0.0.1:${wire.port}`));
    patchRequest(
      (real) =>
        ((...args: Parameters<typeof http.request>) => {
          const request = real(...args);
          const fail = (): unknown => request.emit('error', new Error('again'));
          request.on('close', fail).on('close', () => setImmediate(fail));
          return request;
        }) as typeof http.request,
    );
    wire.react = (socket) => socket.resetAndDestroy();
    scene.fail();
    await scene.attempt();
    wire.react = (socket, { uids }) => socket.end(answer(200, stored(uids.length), { connection: 'close' }));
    await scene.attempt();
    await scene.until(() => wire.open.size === 0);
    expect(scene.status()).toMatchObject({ delivered: 1 });
  });

  it('does not feed on its own trouble, when that is logged as an error', async () => {
    const wire = await startWire((socket) => socket.write(answer(503)));
    const scene: Scene = new Scene(exporterTo(`http://127.0.0.1:${wire.port}`));
    scene.onProblem = (message) => scene.observability.logger.error(new Error(message), message);
    scene.fail();
    await scene.pass(3_600_000);
    expect(scene.status()).toMatchObject({ offered: 2, queued: 2 });
    wire.react = store;
    await scene.pass(60_000);
    expect(scene.status()).toMatchObject({ state: 'idle', offered: 3, delivered: 3 });
    expect(scene.problems).toEqual(['HTTP_503', 'RECOVERED']);
  });

  it.each<[what: string, scopes: object]>([
    ['that suppresses in a way of its own', { suppressTracing: (call: () => void) => call() }],
    ['whose scopes are of another kind', { withScope: (call: (scope: object) => void) => call({}) }],
    ['that has no scopes', {}],
    ['that throws', { suppressTracing: () => fail() }],
    ['that throws too late', { suppressTracing: (call: () => void) => (call(), fail()) }],
  ])('reaches the server once beside a Sentry %s', async (_, acs) => {
    vi.stubGlobal('__SENTRY__', { version: '12.0.0', '12.0.0': { acs }, '11.0.0': {} });
    const wire = await startWire();
    const scene = new Scene(exporterTo(`http://127.0.0.1:${wire.port}`));
    scene.fail();
    await scene.attempt();
    expect(scene.status()).toMatchObject({ delivered: 1 });
    expect(wire.requests).toHaveLength(1);
  });
});
