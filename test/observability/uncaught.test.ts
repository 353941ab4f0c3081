import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, createObservability } from '@throughline/core';
import { describe, expect, it, onTestFinished } from 'vitest';

const application = fileURLToPath(new URL('uncaught.mjs', import.meta.url));

interface End {
  readonly status: number | null;
  readonly stderr: string;
  readonly lines: Record<string, unknown>[];
}

function run(captureUncaught: boolean, how: string, directory?: string): End {
  const argument = JSON.stringify([captureUncaught, how, directory]);
  const { status, stdout, stderr } = spawnSync(process.execPath, [application, argument], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter(Boolean);
  return { status, stderr, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('an error that nobody catches', () => {
  it.each(['throw', 'reject', 'text', 'handle it'])('ends the process as without us: %s', (how) => {
    const [watched, plain] = [run(true, how), run(false, how)];
    expect(watched.status).toBe(plain.status);
    expect(watched.stderr.replaceAll(/uncaught\.mjs:\d+/g, '')).toBe(plain.stderr.replaceAll(/uncaught\.mjs:\d+/g, ''));
    expect(plain.lines.filter(({ level }) => level === 'fatal')).toEqual([]);
  });

  it.each([
    ['throw', 'uncaught exception'],
    ['reject', 'unhandled rejection'],
  ])('is a line at fatal with the context it happened in: %s', (how, msg) => {
    expect(run(true, how).lines).toMatchObject([
      {
        level: 'fatal',
        logger: 'process',
        msg,
        request_id: 'r-1',
        err: { type: 'Error', message: 'nobody catches this', password: '[Redacted]' },
      },
    ]);
  });

  it('may be anything', () => {
    expect(run(true, 'text').lines).toMatchObject([{ level: 'fatal', err: 'a text' }]);
  });

  it('is exported, also when the process goes on', () => {
    expect(run(true, 'handle it').lines.at(-1)).toMatchObject({ offered: 1, queued: 1 });
  });

  it('is on disk when the process ends, once, however often it was told', () => {
    const directory = mkdtempSync(join(tmpdir(), 'throughline-uncaught-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    expect(run(true, 'log first', directory).lines).toHaveLength(2);
    const [segment = ''] = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.jsonl'),
    );
    const written = readFileSync(join(directory, segment), 'utf8');
    expect(written.match(/"message":"nobody catches this"/g)).toHaveLength(1);
    expect(written).not.toContain('canary');
  });

  it('is nobody’s business any more once everything is closed', () => {
    expect(run(true, 'close first').lines).toEqual([]);
  });

  it('is watched for when that is asked for, by true or false', () => {
    const listeners = process.listenerCount('uncaughtExceptionMonitor');
    createObservability({ isolated: true, exporters: [] });
    expect(process.listenerCount('uncaughtExceptionMonitor')).toBe(listeners);
    expect(() => createObservability({ isolated: true, captureUncaught: 'yes' as unknown as boolean })).toThrow(
      ConfigError,
    );
  });
});
