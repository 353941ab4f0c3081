/** Where lines go when nobody said: to standard output, in a form that suits whoever reads there. */
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObservability } from '@throughline/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

/** What an observability without a destination prints on a standard output of that kind. */
function printed(isTTY: boolean, env: Readonly<Record<string, string | undefined>> = {}): string {
  let text = '';
  for (const [name, value] of Object.entries({
    NODE_ENV: undefined,
    NO_COLOR: undefined,
    LOG_PRETTY: undefined,
    ...env,
  }))
    vi.stubEnv(name, value);
  const before = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
  Object.defineProperty(process.stdout, 'isTTY', { value: isTTY, configurable: true });
  const keep = (chunk: unknown): number => (text += String(chunk)).length;
  // Pretty lines go through the stream; JSON goes to the descriptor, before the call returns.
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => keep(chunk) > 0),
    vi.spyOn(fs, 'writeSync').mockImplementation((_, chunk) => (keep(chunk), String(chunk).length)),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
    Object.defineProperty(process.stdout, 'isTTY', before ?? { value: undefined, configurable: true });
  });
  const { logger } = createObservability({ isolated: true, exporters: [], log: { level: 'info' } });
  logger.info({ order_id: 7 }, 'order placed');
  return text;
}

/** Lets the application be in that folder, which is removed after the test. */
function runIn(folder: string): void {
  vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', join(folder, 'main.js')]);
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  onTestFinished(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });
}

describe('lines on standard output', () => {
  it.each<[where: string, isTTY: boolean, env: Record<string, string>]>([
    ['on a terminal', true, {}],
    ['where LOG_PRETTY asks for it', false, { LOG_PRETTY: 'true' }],
    ['on a terminal in production where LOG_PRETTY asks for it', true, { NODE_ENV: 'production', LOG_PRETTY: 'true' }],
  ])('are pretty %s', (_, isTTY, env) => {
    expect(printed(isTTY, env)).toMatch(/INFO.*: .*order placed.*order_id/);
  });

  it.each<[where: string, isTTY: boolean, env: Record<string, string>]>([
    ['anywhere else', false, {}],
    ['on a terminal in production', true, { NODE_ENV: 'production' }],
    ['where LOG_PRETTY forbids more', true, { LOG_PRETTY: 'false' }],
  ])('are JSON %s', (_, isTTY, env) => {
    expect(JSON.parse(printed(isTTY, env))).toMatchObject({ level: 'info', order_id: 7, msg: 'order placed' });
  });

  it.each<[env: Record<string, string>, sentence: string]>([
    [{ LOG_PRETTY: 'true' }, 'LOG_PRETTY is true but pino-pretty is not installed'],
    [{ LOG_PRETTY: 'yes' }, `LOG_PRETTY must be 'true' or 'false', got \\"yes\\"`],
  ])('are JSON and say so where %o asks for what cannot be had', (env, sentence) => {
    runIn(mkdtempSync(join(tmpdir(), 'bare-')));
    const lines = printed(false, env).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toHaveLength(2);
    expect(lines.join('\n')).toContain(sentence);
  });

  it('are pretty when the application has pino-pretty, wherever it is started from', () => {
    vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', join(process.cwd(), 'main.js')]);
    vi.spyOn(process, 'cwd').mockReturnValue(tmpdir());
    onTestFinished(() => void vi.restoreAllMocks());
    expect(printed(true)).toMatch(/INFO.*: .*order placed.*order_id/);
  });

  it('are in colour on a terminal, unless NO_COLOR is set', () => {
    expect(printed(true)).toContain('\u001b[');
    expect(printed(true, { NO_COLOR: '1' })).not.toContain('\u001b[');
  });
});
