import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createObservability } from '../process-observability.js';
import { createRequestObserver } from './request-observer.js';

describe('access line', () => {
  it('tells at error of a response that the application broke off before its head', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const observability = createObservability({ isolated: true, exporters: [], log: { destination } });
    const framework = { route: () => undefined, user: () => undefined };
    const observe = createRequestObserver(framework, { observability }, () => observability);
    const server = createServer((req, res) => {
      const failing = new Readable({ read: () => failing.destroy(new Error('no such object')) });
      observe(req, res, undefined, () => pipeline(failing, res, () => undefined));
      res.once('close', () => server.close());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 'error', msg: 'request errored', status: 500, aborted: true, err: { message: 'no such object' } },
    ]);
  });
});
