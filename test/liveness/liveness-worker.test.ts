import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ConfigError, livenessWorker } from '@throughline/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PATIENCE } from '../contract/patience.js';
import { Doomed } from '../shutdown/doomed.js';

const application = fileURLToPath(new URL('application.mjs', import.meta.url));
const start = (options: object): Promise<Doomed> => Doomed.start(options, [application]);

interface Answer {
  readonly status: number | undefined;
  readonly event_loop: string;
  readonly silent_ms: number;
}

async function live(doomed: Doomed): Promise<Answer> {
  const { status, body } = await doomed.get('/live');
  return { ...(JSON.parse(body) as Answer), status };
}

async function until(doomed: Doomed, state: string): Promise<Answer[]> {
  const answers = [await live(doomed)];
  while (answers.at(-1)?.event_loop !== state) answers.push(await live(doomed)); // oxlint-disable-line no-await-in-loop -- it is the loop
  return answers;
}

describe('the liveness worker', () => {
  it('answers 200 as long as the event loop turns', async () => {
    const doomed = await start({});
    expect((await until(doomed, 'ok')).at(-1)).toMatchObject({ status: 200 });
    expect(await doomed.get('/live?x=1')).toMatchObject({ status: 200 });
    expect((await doomed.get('/other')).status).toBe(404);
  });

  it('tells a busy event loop from a wedged one', async () => {
    const doomed = await start({ beatMs: 100, busyMs: 200, wedgedMs: 3000 });
    expect((await until(doomed, 'ok')).at(-1)).toMatchObject({ status: 200 });
    doomed.kill('SIGUSR2');
    await doomed.untilSaid('held up');
    const answers = await until(doomed, 'wedged');
    const told = new Set(answers.map(({ event_loop, status }) => `${event_loop} ${status}`));
    told.delete('ok 200'); // on a busy machine the first answer may come too late for it
    expect([...told]).toEqual(['busy 200', 'wedged 503']);
    expect(answers.at(-1)?.silent_ms).toBeGreaterThanOrEqual(3000);
  });

  it('does not take a process that was stopped as a whole for a wedged one', async () => {
    const doomed = await start({ beatMs: 20, busyMs: 100, wedgedMs: 1000 });
    doomed.kill('SIGSTOP');
    // A stopped process has no event to wait for.
    await delay(1500);
    doomed.kill('SIGCONT');
    const answers = await until(doomed, 'ok');
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('touches a file for probes that are commands, and touches it no more once the loop is wedged', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'throughline-liveness-')), 'alive');
    const doomed = await start({ file, beatMs: 100, busyMs: 200, wedgedMs: 1000 });
    const touchedAt = async (): Promise<number> => (await stat(file)).mtimeMs;
    const first = await touchedAt();
    await vi.waitUntil(async () => (await touchedAt()) > first, PATIENCE);
    await rm(file);
    await vi.waitUntil(() => existsSync(file), PATIENCE);
    doomed.kill('SIGUSR2');
    await doomed.untilSaid('held up');
    await until(doomed, 'wedged');
    const last = await touchedAt();
    // Some beats later by the worker's own account.
    const { silent_ms: silentMs } = await live(doomed);
    await vi.waitUntil(async () => (await live(doomed)).silent_ms > silentMs + 300, PATIENCE);
    expect(await touchedAt()).toBe(last);
  });

  it('needs no port when it has a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-liveness-'));
    const worker = await livenessWorker({ file: join(folder, 'alive') });
    expect(worker.port).toBe(0);
    expect(existsSync(join(folder, 'alive'))).toBe(true);
    await worker.close();
    await expect(livenessWorker({ file: join(folder, 'nowhere', 'alive') })).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining(`the liveness worker cannot touch ${join(folder, 'nowhere', 'alive')}: ENOENT`),
    });
  });

  it('keeps no process alive', async () => {
    const doomed = await start({ idle: true });
    expect(await doomed.ended).toEqual({ code: 0, signal: null });
  });

  it('says in one sentence that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(livenessWorker({ port, host: '127.0.0.1' })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: `the liveness worker cannot listen on port ${port}: something else listens there; give it a port of its own`,
    });
  });

  it('gives its port back when it is closed', async () => {
    const first = await livenessWorker({ port: 0, host: '127.0.0.1' });
    await first.close();
    const second = await livenessWorker({ port: first.port, host: '127.0.0.1' });
    expect(second.port).toBe(first.port);
    await second.close();
  });

  it.each([
    [{ port: 70_000 }, 'livenessWorker.port must be a number from 0 to 65535, got 70000'],
    [
      { port: undefined as unknown as number },
      'livenessWorker.port must be a whole number from 0 to 65535, got undefined',
    ],
    [{}, 'livenessWorker.port must be a whole number from 0 to 65535, got undefined'],
    [{ file: 7 as unknown as string }, 'livenessWorker.file must be a text, got 7'],
    [{ port: 0, path: 'live' }, 'livenessWorker.path must be a path that starts with a slash, got "live"'],
    [{ port: 0, busyMs: 100 }, 'livenessWorker.busyMs must be a number of at least 500, got 100'],
    [{ port: 0, wedgedMs: 500 }, 'livenessWorker.wedgedMs must be a number of at least 1000, got 500'],
  ])('refuses %o', async (options, message) => {
    const refused = livenessWorker(options);
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(message);
  });
});
