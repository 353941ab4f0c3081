/** Health formats: one state in many dialects, with one status code and nothing that a stranger must not see. */
import type { HealthCheck } from '@throughline/core';
import { expect, it } from 'vitest';
import type { Cell, Middleware } from '../cell.js';
import { type Service, start } from '../start.js';

const dialects = {
  flat: 'application/json; charset=utf-8',
  ietf: 'application/health+json',
  spring: 'application/vnd.spring-boot.actuator.v3+json',
  terminus: 'application/json; charset=utf-8',
  microprofile: 'application/json; charset=utf-8',
  dotnet: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
};
const openmetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const all = [...Object.keys(dialects), 'openmetrics'];

const token = 'a-token-of-32-characters-or-more';

/** As a proxy on this machine says it: from somewhere else. */
const fromAfar = { 'x-forwarded-for': '203.0.113.7' };

function startWith(cell: Cell, probe: HealthCheck['probe']): Promise<Service> {
  return start(cell, { health: { checks: { db: { probe, target: 'postgres://u:p@10.0.0.1/x' } }, token } });
}

const leak = (): Promise<never> => Promise.reject(new Error('postgres://u:p@10.0.0.1/x'));

export function promiseHealthFormats(cell: Cell): void {
  it.each([
    [200, (): void => {}],
    [503, leak],
  ])('answers %i in every format, but a scrape with 200', async (code, probe) => {
    const service = await startWith(cell, probe);
    for (const [name, contentType] of Object.entries(dialects)) {
      const { status, headers } = await service.send(`/health?format=${name}`);
      expect([name, status, headers['content-type']]).toEqual([name, code, contentType]);
    }
    const { status, headers, body } = await service.send('/health?format=openmetrics');
    expect([status, headers['content-type']]).toEqual([200, openmetrics]);
    expect(body).toContain(`health_status{endpoint="health"} ${code === 200 ? 1 : 0}\n`);
    expect(body).toMatch(/\n# EOF\n$/);
  });

  it.each([
    ['*/*', 'flat'],
    ['application/health+json', 'ietf'],
    ['application/vnd.spring-boot.actuator.v3+json', 'spring'],
    ['text/plain', 'text'],
    ['application/health+json;q=0.1, application/json;q=0.9', 'flat'],
    ['image/png', 'flat'],
    [';;;=', 'flat'],
  ] as const)('reads Accept: %s as a wish for %s', async (accept, name) => {
    const service = await startWith(cell, () => {});
    const { status, headers } = await service.send({ path: '/health/ready', headers: { accept } });
    expect([status, headers['content-type']]).toEqual([200, dialects[name]]);
  });

  it('says one word in text, and a line for each check when asked to be verbose', async () => {
    const service = await startWith(cell, leak);
    expect((await service.send('/health?format=text')).body).toBe('unhealthy\n');
    const { body } = await service.send({
      path: '/health/ready?verbose',
      headers: { ...fromAfar, accept: 'text/plain' },
    });
    expect(body).toBe('[-]db down: EXCEPTION\nready check failed: unhealthy\n');
  });

  it('is never cached, never a 304, and says that it looks at Accept', async () => {
    const service = await startWith(cell, () => {});
    for (const name of all) {
      const { status, headers, body } = await service.send({
        path: `/health?format=${name}`,
        headers: { 'if-none-match': '*', 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() },
      });
      expect([name, status, headers.etag, headers['cache-control']]).toEqual([name, 200, undefined, 'no-store']);
      expect(headers.vary).toBe('Accept');
      expect(body.length).toBeGreaterThan(0);
    }
  });

  it('keeps what other middleware said that the answer varies by', async () => {
    const cors: Middleware = (_req, res, next) => {
      res.setHeader('vary', 'Origin');
      res.setHeader('x-cors', 'here');
      next();
    };
    const service = await start(cell, { before: [cors] });
    const { headers } = await service.send('/health');
    // Nest on Express answers health before any middleware.
    expect(headers.vary).toBe(headers['x-cors'] === 'here' ? 'Origin, Accept' : 'Accept');
  });

  it('answers HEAD as GET, without the body', async () => {
    const service = await startWith(cell, leak);
    for (const name of ['flat', 'terminus', 'text']) {
      const asked = await service.send(`/health?format=${name}`);
      const { status, headers, body } = await service.send({ method: 'HEAD', path: `/health?format=${name}` });
      const ours = ['content-type', 'cache-control', 'vary'].map((header) => [headers[header], asked.headers[header]]);
      expect([status, body]).toEqual([503, '']);
      for (const [head, get] of ours) expect(head).toBe(get);
      expect(Number(headers['content-length'])).toBeGreaterThan(0);
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('answers %s with 405 and what is allowed', async (method) => {
    const service = await startWith(cell, () => {});
    for (const path of ['/health', '/health/live', '/health/startup?format=ietf']) {
      const { status, headers, body } = await service.send({ method, path });
      expect([status, headers.allow, body]).toEqual([405, 'GET, HEAD', '']);
    }
  });

  it('shows details to this machine and to the token, and to nobody else', async () => {
    const service = await startWith(cell, () => {});
    const details = async (headers: Record<string, string>): Promise<boolean> => {
      const { body } = await service.send({ path: '/health?format=ietf', headers });
      expect(body).toContain('"status":"pass"');
      return /observedValue|since|consecutiveFailures/.test(body);
    };
    expect(await details({})).toBe(true);
    expect(await details(fromAfar)).toBe(false);
    expect(await details({ forwarded: 'for=203.0.113.7' })).toBe(false);
    expect(await details({ ...fromAfar, authorization: `Bearer ${token}` })).toBe(true);
    expect(await details({ ...fromAfar, authorization: `bearer  ${token}` })).toBe(true);
    for (const wrong of ['Bearer', 'Bearer ', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`, token])
      expect(await details({ ...fromAfar, authorization: wrong })).toBe(false);
  });

  it.each(all)('tells no error, host or credential in %s, not even to who may see details', async (name) => {
    const service = await startWith(cell, leak);
    for (const view of ['', '/live', '/ready', '/startup']) {
      for (const headers of [{}, fromAfar, { ...fromAfar, authorization: `Bearer ${token}` }]) {
        const { body } = await service.send({ path: `/health${view}?format=${name}&verbose`, headers });
        expect(body).not.toMatch(/u:p|10\.0\.0\.1|postgres:|Error|\bat \//);
      }
    }
    const { lines } = await service.finish();
    expect(lines.map(({ text }) => text).join('\n')).not.toMatch(/u:p@|10\.0\.0\.1|a-token/);
  });
}
