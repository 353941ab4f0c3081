/** Where lines go when nobody said: to standard output, in a form that suits whoever reads there. */
import fs from 'node:fs';
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

  it('are in colour on a terminal, unless NO_COLOR is set', () => {
    expect(printed(true)).toContain('\u001b[');
    expect(printed(true, { NO_COLOR: '1' })).not.toContain('\u001b[');
  });
});
