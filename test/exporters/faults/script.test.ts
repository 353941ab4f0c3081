import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PATIENCE } from '../../contract/patience.js';
import { createCertificate, type Certificate } from './certificate.js';
import { startProxy } from './proxy-server.js';
import { startScript } from './script.js';
import { startWire, store } from './wire.js';

const certificate = createCertificate({ hosts: ['logs.test', 'localhost', '127.0.0.1'] });

function authoritiesFile({ cert }: Certificate): string {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'ca.pem'), cert);
  return join(folder, 'ca.pem');
}

describe('a script ends at once', () => {
  it('when all is delivered, though the connection is kept', async () => {
    const wire = await startWire();
    const script = startScript(`http://localhost:${wire.port}`);
    await vi.waitUntil(() => wire.requests.length === 1, PATIENCE);
    expect(await script.end()).toBe(0);
  });

  it('when the server never answers', async () => {
    const wire = await startWire(() => undefined);
    const script = startScript(`http://localhost:${wire.port}`);
    await vi.waitUntil(() => wire.requests.length === 1, PATIENCE);
    expect(await script.end()).toBe(0);
  });

  it.each(['http', 'https'])('when it was found at its second address, and never answers over %s', async (scheme) => {
    const wire = await startWire(() => undefined, scheme === 'https' ? { tls: certificate } : {});
    const addresses = [{ address: '127.0.0.2', family: 4 } as const, { address: '127.0.0.1', family: 4 } as const];
    const url = `${scheme}://localhost:${wire.port}`;
    const script = startScript(url, { tls: { ca: certificate.cert }, addresses });
    await vi.waitUntil(() => wire.requests.length === 1, PATIENCE);
    expect(await script.end()).toBe(0);
  });

  it('when the server stops in the middle of the handshake', async () => {
    const wire = await startWire();
    let received = 0;
    wire.intercept = (_, { length }) => (received = length) >= 0;
    const script = startScript(`https://localhost:${wire.port}`);
    await vi.waitUntil(() => received > 0, PATIENCE);
    expect(await script.end()).toBe(0);
  });

  it.each(['https://logs.test', 'http://logs.internal'])(
    'when the proxy on the way to %s never answers',
    async (url) => {
      const proxy = await startProxy(0);
      proxy.refusal = 0;
      const script = startScript(url, { env: { ALL_PROXY: `http://127.0.0.1:${proxy.port}` } });
      await vi.waitUntil(() => proxy.asked.length === 1, PATIENCE);
      expect(await script.end()).toBe(0);
    },
  );

  it('when the server behind the proxy never answers', async () => {
    const wire = await startWire(() => undefined, { tls: certificate });
    const proxy = await startProxy(wire.port);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const script = startScript('https://logs.test', { tls: { ca: certificate.cert }, env });
    await vi.waitUntil(() => wire.requests.length === 1, PATIENCE);
    expect(await script.end()).toBe(0);
  });
});

describe('NODE_EXTRA_CA_CERTS', () => {
  it('vouches for servers, and for proxies that speak TLS', async () => {
    const wire = await startWire(store, { tls: certificate });
    const proxy = await startProxy(wire.port, certificate);
    const env = { NODE_EXTRA_CA_CERTS: authoritiesFile(certificate), HTTPS_PROXY: `https://localhost:${proxy.port}` };
    const scripts = [startScript(`https://localhost:${wire.port}`, { env }), startScript('https://logs.test', { env })];
    await vi.waitUntil(() => wire.requests.length === 2, PATIENCE);
    expect(proxy.asked).toEqual(['CONNECT logs.test:443']);
    expect(await Promise.all(scripts.map((script) => script.end()))).toEqual([0, 0]);
  });
});
