import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../architecture/source.js';
import { bin, run, throughline } from './throughline.js';

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/health/live`;
}

const answering = (status: number, body: string): Promise<string> =>
  serve((_req, res) => void res.writeHead(status).end(body));

/** For what is no question of time: a busy machine may take longer than a probe waits. */
const unhurried = '--timeout-ms=30000';

describe('throughline probe', () => {
  it('ends with 0 and one line when the endpoint is healthy', async () => {
    const url = await answering(200, '{"status":"healthy"}');
    expect(await throughline(['probe', unhurried, url])).toEqual({ code: 0, text: '200 {"status":"healthy"}' });
  });

  it.each([503, 404, 301, 500])('ends with 1 when it answers %i', async (status) => {
    const url = await answering(status, 'no');
    expect(await throughline(['probe', unhurried, url])).toEqual({ code: 1, text: `${status} no` });
  });

  it('ends with 2 when nobody listens', async () => {
    expect(await throughline(['probe', unhurried, 'http://127.0.0.1:1/live'])).toEqual({
      code: 2,
      text: 'no answer: ECONNREFUSED',
    });
  });

  it.each([
    ['before it answers', () => undefined],
    ['in the middle of its answer', (_req, res) => void res.write('{')],
  ] as [string, RequestListener][])('ends with 2 when it hangs %s', async (_, answer) => {
    const url = await serve(answer);
    expect(await throughline(['probe', '--timeout-ms=300', url])).toEqual({ code: 2, text: 'no answer within 300 ms' });
  });

  it('shows one line, whatever comes', async () => {
    const url = await answering(200, `a\n\u001b[31mb${'c'.repeat(100_000)}`);
    const { code, text } = await throughline(['probe', unhurried, url]);
    expect(code).toBe(0);
    expect(text).toMatch(/^200 a \[31mbc+…$/);
    expect(text.length).toBeLessThan(250);
  });

  it.each([
    [[], 'give one URL, got: '],
    [['localhost'], 'give one URL, got: localhost'],
    [['ftp://a'], 'the URL must begin with http:// or https://, got ftp:'],
    [['http://a', 'http://b'], 'give one URL, got: http://a http://b'],
    [['http://a', '--timeout-ms', 'soon'], '--timeout-ms must be a number from 1 to 600000'],
    [['http://a', '--quiet'], 'give one URL, got: http://a --quiet'],
  ])('ends with 2 and says why when it is asked for %j', async (args, text) => {
    expect(await throughline(['probe', ...args])).toEqual({ code: 2, text });
  });

  it('loads nothing but itself and what Node has', async () => {
    const url = await answering(200, 'ok');
    const script = `process.argv.splice(1, 0, 'x'); require(${JSON.stringify(bin)}); process.on('exit', () => console.log(JSON.stringify(Object.keys(require.cache))));`;
    const { text } = await run(process.execPath, ['-e', script, 'probe', unhurried, url]);
    const [, loaded = '[]'] = text.split('\n');
    const ours = (JSON.parse(loaded) as string[]).map((path) => path.slice(join(root, 'packages/core/').length));
    expect(ours).toEqual(['bin/throughline.cjs', 'dist/cjs/cli/main.js', 'dist/cjs/cli/probe.js']);
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('prints a shell line that tells %i with exit code %i', async (status, code) => {
    const url = await answering(status, 'a body');
    const { text } = await throughline(['probe', unhurried, `${url}?it's=$(touch x)&b="c"`, '--print-shell']);
    const [, bash = ''] = text.split('\n');
    expect(bash).toMatch(/^timeout 30 bash -c /);
    expect((await run('bash', ['-c', bash])).code).toBe(code);
  });

  it('prints a shell line that waits as long as a probe does, a second unless it is told', async () => {
    const { text } = await throughline(['probe', 'http://127.0.0.1:1/live', '--print-shell']);
    expect(text).toMatch(/^timeout 1 bash -c .*\n[^]*\nwget -q -T 1 /m);
  });

  it('prints a shell line that asks for the path as it is', async () => {
    const asked: unknown[] = [];
    const url = await serve((req, res) => {
      asked.push(req.url, req.headers.host);
      res.end();
    });
    const { text } = await throughline(['probe', unhurried, `${url}?a='b'&c=$(id)%25d`, '--print-shell']);
    const [, bash = ''] = text.split('\n');
    await run('bash', ['-c', bash]);
    const { pathname, search, host } = new URL(`${url}?a='b'&c=$(id)%25d`);
    expect(asked).toEqual([pathname + search, host]);
  });
});

describe('throughline', () => {
  it('says what it can do', async () => {
    expect(await throughline(['--help'])).toMatchObject({
      code: 0,
      text: expect.stringContaining('throughline probe URL'),
    });
    expect(await throughline(['prob'])).toMatchObject({
      code: 2,
      text: expect.stringContaining('throughline probe URL'),
    });
  });
});
