import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfigError,
  createObservability,
  type Handover,
  type Observability,
  type ObservabilityProblem,
} from '@throughline/core';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSink } from '../contract/faulty-sink.js';
import { runApplication } from './application.js';
import { openobserve } from './destinations.js';

/** Nobody listens on this port. */
const nowhere = 'http://127.0.0.1:9';

describe('the spool on a real disk', () => {
  let root: string;
  const opened: Observability[] = [];
  const problems: ObservabilityProblem[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'throughline-spool-'));
    problems.length = 0;
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((observability) => observability.close({ timeoutMs: 1 })));
    rmSync(root, { recursive: true, force: true });
  });

  function open(spool: { directory: string; maxBytes?: number }, url = nowhere): Observability {
    const observability = createObservability({
      isolated: true,
      log: { destination: { write: () => undefined } },
      exporters: [openobserveExporter({ url, key: 'shop:secret' })],
      spool,
      onProblem: (problem) => problems.push(problem),
    });
    opened.push(observability);
    return observability;
  }

  const filesOf = (directory: string): string[] =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name));

  it('makes its directories for nobody else to enter, and its files for nobody else to read', () => {
    const directory = join(root, 'deep', 'spool');
    open({ directory }).logger.error('kept');
    const modes = [directory, ...filesOf(directory)].map((path) => (statSync(path).mode & 0o777).toString(8));
    expect(modes.toSorted()).toEqual(['600', '600', '700', '700']);
  });

  it('writes nothing that may not leave the process', () => {
    const error = Object.assign(new Error('no mail to ada@example.com, Bearer canary.canary'), {
      config: { headers: { authorization: 'Basic canary' } },
    });
    open({ directory: root }).logger.error({ err: error, password: 'canary' }, 'card 4111 1111 1111 1111');
    const written = filesOf(root).filter((path) => statSync(path).isFile());
    expect(written).toHaveLength(2);
    for (const path of written) expect(readFileSync(path, 'utf8')).not.toMatch(/canary|ada@|4111 ?1111/);
  });

  it('does not follow a symbolic link in the place of its directory, and says so', () => {
    const [target, link] = [join(root, 'target'), join(root, 'link')];
    mkdirSync(target);
    symlinkSync(target, link);
    const observability = open({ directory: link });
    observability.logger.error('not there');
    expect(readdirSync(target)).toEqual([]);
    expect(observability.status()).toMatchObject({
      exporters: [{ queued: 1, dropped: 0 }],
      spool: { state: 'degraded', lastError: { code: 'ELOOP' } },
    });
    expect(problems).toMatchObject([{ exporter: 'spool', code: 'ELOOP' }]);
  });

  it('neither follows nor removes a symbolic link that looks like a journal', async () => {
    const precious = join(root, 'precious');
    mkdirSync(precious);
    const directory = join(root, 'spool');
    mkdirSync(directory);
    symlinkSync(precious, join(directory, 'journal_01JD9Z7Q5E8WQ0T5J3N9V4K2RA'));
    const observability = open({ directory });
    await observability.flush();
    expect(observability.status()).toMatchObject({ exporters: [{ offered: 0 }], spool: { recovered: 0 } });
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it('leaves the application in peace where no directory can be made', () => {
    const observability = open({ directory: '/dev/null/spool' });
    for (const message of ['one', 'two']) observability.logger.error(message);
    expect(observability.status()).toMatchObject({ exporters: [{ queued: 2 }], spool: { state: 'degraded' } });
    expect(problems).toHaveLength(1);
  });

  it.each([
    [{ directory: 'relative' }, 'spool.directory'],
    [{ directory: '' }, 'spool.directory'],
    [{ directory: '/x', maxBytes: 1_000 }, 'spool.maxBytes'],
  ])('refuses %j', (spool, option) => {
    expect(() => open(spool)).toThrow(ConfigError);
    expect(() => open(spool)).toThrow(expect.objectContaining({ option }) as Error);
  });

  const handover: Handover = {
    name: 'sdk',
    endpoint: 'sdk',
    isActive: () => true,
    capture: () => undefined,
    flush: () => Promise.resolve(true),
  };

  it.each([
    ['no exporter', []],
    ['nothing but a handover', [handover]],
  ])('is of no use with %s, and says so', (_, exporters) => {
    const lines: string[] = [];
    const log = { destination: { write: (line: string) => void lines.push(line) } };
    const observability = createObservability({ isolated: true, exporters, log, spool: { directory: root } });
    opened.push(observability);
    expect(observability.status()).not.toHaveProperty('spool');
    expect(lines).toEqual([
      expect.stringContaining('there is a spool but no exporter that needs it; no error is kept there'),
    ]);
  });

  it('is where the environment says, and nowhere when that is no place', () => {
    vi.stubEnv('THROUGHLINE_SPOOL_DIR', root);
    const exporters = [openobserveExporter({ url: nowhere, key: 'shop:secret' })];
    const lines: string[] = [];
    const log = { destination: { write: (line: string) => void lines.push(line) } };
    opened.push(createObservability({ isolated: true, exporters, log }));
    expect(opened.at(-1)?.status().spool).toMatchObject({ directory: root });
    vi.stubEnv('THROUGHLINE_SPOOL_DIR', 'spool');
    opened.push(createObservability({ isolated: true, exporters, log }));
    expect(opened.at(-1)?.status()).not.toHaveProperty('spool');
    expect(lines).toEqual([expect.stringContaining('THROUGHLINE_SPOOL_DIR must be an absolute path, got')]);
    vi.unstubAllEnvs();
  });

  it('is taken over by exactly one of several processes that start at once', async () => {
    const sink = await startSink(openobserve.accept);
    const run = { exporter: 'openobserve', directory: root, errors: 50 };
    for (let crash = 0; crash < 4; crash++) await runApplication({ ...run, url: nowhere, end: 'exit' });
    const heirs = Array.from({ length: 4 }, () => runApplication({ ...run, url: sink.url, errors: 0, end: 'flush' }));
    const ends = await Promise.all(heirs);
    const uids = sink.requests.flatMap(openobserve.records).map(({ uid }) => uid);
    expect([uids.length, new Set(uids).size]).toEqual([200, 200]);
    const statuses = ends.map(({ last }) => (JSON.parse(last) as { status: { spool: { recovered: number } } }).status);
    expect(statuses.reduce((sum, { spool }) => sum + spool.recovered, 0)).toBe(200);
    expect(readdirSync(root)).toEqual([]);
    await sink.close();
  });
});
