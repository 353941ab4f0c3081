import { describe, expect, it, vi } from 'vitest';
import { createCertificate } from './certificate.js';
import { startProxy } from './proxy-server.js';
import { exporterTo, holdStill, Scene } from './scene.js';
import { startWire, store } from './wire.js';

holdStill();

const certificate = createCertificate({ hosts: ['logs.test', 'localhost'] });
const trusted = { tls: { ca: certificate.cert } };
const insecure = 'http://logs.internal:4318';

describe('a proxy of the environment', () => {
  it('is sent the whole URL of a server without TLS, on one connection', async () => {
    const wire = await startWire();
    const proxy = await startProxy(wire.port);
    vi.stubEnv('HTTP_PROXY', `http://ada:s%3Acanary@127.0.0.1:${proxy.port}`);
    const scene = new Scene(exporterTo(insecure));
    for (let turn = 0; turn < 2; turn++) {
      scene.fail();
      await scene.attempt();
    }
    expect(scene.status()).toMatchObject({ delivered: 2 });
    expect(proxy.asked).toEqual(Array(2).fill(`POST ${insecure}/api/default/prod/_json`));
    expect(proxy.open.size).toBe(1);
    expect(proxy.headers[0]).toMatchObject({
      host: 'logs.internal:4318',
      'proxy-authorization': `Basic ${Buffer.from('ada:s:canary').toString('base64')}`,
    });
  });

  it('leads to a server with TLS without reading along, once for a connection', async () => {
    const wire = await startWire(store, { tls: certificate });
    const proxy = await startProxy(wire.port);
    vi.stubEnv('https_proxy', `http://ada:canary@localhost:${proxy.port}`);
    const scene = new Scene(exporterTo('https://logs.test', trusted));
    for (let turn = 1; turn <= 2; turn++) {
      scene.fail();
      await scene.attempt();
      expect(scene.status()).toMatchObject({ delivered: turn });
    }
    expect(proxy.asked).toEqual(['CONNECT logs.test:443']);
    expect(proxy.headers[0]).toMatchObject({ host: 'logs.test:443', 'proxy-authorization': 'Basic YWRhOmNhbmFyeQ==' });
    expect(proxy.headers[0]).not.toHaveProperty('authorization');
    expect(wire.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it.each([
    ['https://logs.test', 'HTTPS_PROXY'],
    [insecure, 'HTTP_PROXY'],
  ])('that speaks TLS itself is not vouched for by the authorities of %s', async (url, variable) => {
    const wire = await startWire();
    const proxy = await startProxy(wire.port, certificate);
    vi.stubEnv(variable, `https://ada:canary@localhost:${proxy.port}`);
    const scene = new Scene(exporterTo(url, trusted));
    scene.fail();
    await scene.attempt();
    expect(scene.status()).toMatchObject({ queued: 1, lastError: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
    expect(proxy.asked).toEqual([]);
  });

  it('does not lend its name to a server with a wrong certificate', async () => {
    const wire = await startWire(store, { tls: certificate });
    const proxy = await startProxy(wire.port);
    vi.stubEnv('HTTPS_PROXY', `127.0.0.1:${proxy.port}`);
    const scene = new Scene(exporterTo('https://other.test', trusted));
    scene.fail();
    await scene.attempt();
    expect(scene.status()).toMatchObject({ queued: 1, lastError: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
  });

  it.each([
    ['https://logs.test', 'HTTPS_PROXY', 403],
    ['https://logs.test', 'HTTPS_PROXY', 407],
    ['https://logs.test', 'ALL_PROXY', 502],
    [insecure, 'all_proxy', 407],
  ])('on the way to %s (%s) may refuse with %i: errors are kept', async (url, variable, status) => {
    const wire = await startWire(store, url === insecure ? {} : { tls: certificate });
    const proxy = await startProxy(wire.port);
    vi.stubEnv(variable, `http://ada:canary@127.0.0.1:${proxy.port}`);
    proxy.refusal = status;
    const scene = new Scene(exporterTo(url, trusted));
    scene.fail();
    await scene.attempt();
    expect(scene.status()).toMatchObject({ state: 'backing-off', queued: 1, lastError: { code: `PROXY_${status}` } });
    proxy.refusal = undefined;
    await scene.attempt();
    expect(scene.status()).toMatchObject({ delivered: 1 });
  });

  it('that never answers is given up after 10 s, with its connection', async () => {
    const wire = await startWire(store, { tls: certificate });
    const proxy = await startProxy(wire.port);
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`);
    proxy.refusal = 0;
    const scene = new Scene(exporterTo('https://logs.test', trusted));
    scene.fail();
    for (let round = 1; round <= 3; round++) {
      await scene.attemptInVain(() => proxy.asked.length === round);
      await scene.until(() => proxy.open.size === 0);
    }
    proxy.refusal = undefined;
    await scene.attempt();
    expect(scene.status()).toMatchObject({ delivered: 1 });
  });

  it('that is down is no reason to go around it', async () => {
    const wire = await startWire();
    const { port } = await startWire();
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.2:${port}`);
    const scene = new Scene(exporterTo(`http://10.255.255.1:${wire.port}`));
    scene.fail();
    await scene.attempt();
    expect(scene.status()).toMatchObject({ queued: 1, lastError: { code: 'ECONNREFUSED' } });
    expect(scene.status().lastError?.message).toContain(`127.0.0.2:${port}`);
  });

  it.each(['socks5://ada:canary@127.0.0.1:1080', 'http://', 'http://%zz:canary@127.0.0.1:1', 'ada canary'])(
    'that cannot be used lets nothing past: %s',
    async (value) => {
      vi.stubEnv('HTTPS_PROXY', value);
      const scene = new Scene(exporterTo('https://logs.test'));
      scene.fail();
      await scene.attempt();
      expect(scene.status()).toMatchObject({
        state: 'backing-off',
        queued: 1,
        lastError: {
          code: 'PROXY_UNUSABLE',
          message: 'HTTPS_PROXY must be the URL of an HTTP proxy, such as http://proxy:3128; errors are kept',
        },
      });
      const msg =
        'HTTPS_PROXY must be the URL of an HTTP proxy, such as http://proxy:3128; errors are not sent past it';
      expect(scene.lines).toMatchObject([{ level: 'warn', msg }]);
    },
  );

  it('is not asked for this machine', async () => {
    const wire = await startWire();
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1');
    for (const host of ['127.0.0.1', 'localhost']) {
      const scene = new Scene(exporterTo(`http://${host}:${wire.port}`));
      scene.fail();
      await scene.attempt();
      expect(scene.status()).toMatchObject({ delivered: 1 });
    }
  });
});
