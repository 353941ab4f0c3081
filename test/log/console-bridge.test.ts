import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { format } from 'node:util';
import { createObservability, type ObservabilityOptions, runWithContext } from '@throughline/core';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { record, type Recorder } from './recorder.js';

/** What reached the console's own methods. */
let printed: [method: string, ...args: unknown[]][] = [];
const methods = ['debug', 'log', 'info', 'warn', 'error', 'trace', 'dir', 'dirxml'] as const;

beforeEach(() => {
  printed = [];
  for (const method of methods)
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => void printed.push([method, ...args]));
});
afterEach(() => vi.restoreAllMocks());

function bridge(log: ObservabilityOptions['log'] = {}): Recorder {
  const recorder = record({ log: { captureConsole: true, ...log } });
  onTestFinished(() => recorder.observability.close());
  return recorder;
}

describe('the console', () => {
  it('becomes lines with the level of each method and the context, and prints nothing', () => {
    const recorder = bridge();
    runWithContext({ requestId: 'r-1' }, () => {
      for (const method of methods) console[method](method);
    });
    expect(recorder.lines.map(({ level, msg }) => [level, msg])).toEqual([
      ['debug', 'debug'],
      ['info', 'log'],
      ['info', 'info'],
      ['warn', 'warn'],
      ['error', 'error'],
      ['debug', 'trace'],
      ['info', 'dir'],
      ['info', 'dirxml'],
    ]);
    for (const line of recorder.lines) expect(line).toMatchObject({ logger: 'console', request_id: 'r-1' });
    expect(recorder.lines[5]?.['stack']).toMatch(/^\s+at .*console-bridge\.test/);
    expect(printed).toEqual([]);
  });

  it.each<[args: unknown[], msg: string]>([
    [['a', 1, { b: [2] }], 'a 1 { b: [ 2 ] }'],
    [['%s has %d', 'a', 2, 'more'], 'a has 2 more'],
    [['%o', [1]], format('%o', [1])],
    [['50% done'], '50% done'],
    [[undefined], 'undefined'],
    [[], ''],
  ])('has %j as it would have been printed', (args, msg) => {
    const recorder = bridge();
    console.log(...args);
    expect(recorder.last).toMatchObject({ msg });
  });

  it('has an error under err, wherever it stands, and a further one in the message', () => {
    const recorder = bridge();
    const error = new TypeError('no stock');
    console.error(error);
    console.error('failed', error, 'twice');
    console.error('failed: %s', error);
    console.error('failed', error, new Error('other'));
    const err = { type: 'TypeError', message: 'no stock', stack: expect.stringContaining('console-bridge') };
    expect(recorder.lines).toMatchObject([
      { msg: 'no stock', err },
      { msg: 'failed twice', err },
      { msg: 'failed: TypeError: no stock', err },
      { msg: 'failed Error: other', err },
    ]);
  });

  it('shows no secret of what it is given', () => {
    const recorder = bridge();
    console.log('%o %j', { token: 'canary' }, { password: 'canary' }, [{ cookie: 'canary' }]);
    console.error(Object.assign(new Error('x'), { config: { headers: { Authorization: 'canary' } } }));
    expect(recorder.texts.join()).not.toContain('canary');
  });

  it('is written by its own methods when a destination prints on it', () => {
    bridge({ destination: { write: (text) => console.log(text) } });
    console.warn('no stock');
    expect(printed).toEqual([['log', expect.stringContaining('"msg":"no stock"')]]);
  });

  it('is what it was when the observability is closed, and when another takes its place', async () => {
    const before = methods.map((method) => console[method]);
    const { observability } = bridge();
    expect(methods.map((method) => console[method])).not.toEqual(before);
    await observability.close();
    expect(methods.map((method) => console[method])).toEqual(before);
    console.log('again');
    expect(printed).toEqual([['log', 'again']]);
  });

  it('goes on printing for whoever wrapped it meanwhile', async () => {
    const { observability, texts } = bridge();
    const ours = console.log;
    console.log = (...args: unknown[]) => ours('wrapped', ...args);
    await observability.close();
    console.log('a');
    expect(printed).toEqual([['log', 'wrapped', 'a']]);
    expect(texts).toEqual([]);
  });

  it('stays alone unless asked', () => {
    const before = methods.map((method) => console[method]);
    record();
    expect(methods.map((method) => console[method])).toEqual(before);
  });

  it('is refused what is neither true nor false', () => {
    const log = { captureConsole: 'yes' as unknown as boolean };
    expect(() => createObservability({ isolated: true, log })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', option: 'log.captureConsole' }),
    );
  });
});

describe('an application with captureConsole', () => {
  it('prints nothing but lines, whichever method of the console is called, and whatever Node warns of', () => {
    const code = `
      const { createObservability } = require('@throughline/core');
      createObservability({ log: { level: 'debug', captureConsole: true } });
      const others = ['Console', 'clear', 'context', 'createTask', 'groupEnd', 'profile', 'profileEnd', 'timeStamp'];
      const isPrinter = (name) => typeof console[name] === 'function' && name[0] !== '_' && !others.includes(name);
      const labelled = ['count', 'countReset', 'time', 'timeEnd', 'timeLog'];
      console.time('t');
      for (const name of Object.keys(console).filter(isPrinter))
        console[name](name === 'assert' ? false : labelled.includes(name) ? 't' : { token: 'canary' });
      process.emitWarning('old way', 'DeprecationWarning');
      setImmediate(() => console.log('end'));
    `;
    const env = { PATH: process.env['PATH'] };
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', env, timeout: 30_000 });
    const lines = stdout
      .split('\n')
      .slice(0, -1)
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ logger: 'console', msg: 'end' });
    expect(lines.length).toBeGreaterThan(12);
    expect(lines).toContainEqual(expect.objectContaining({ logger: 'process', level: 'warn', msg: 'old way' }));
    expect(stdout).not.toContain('canary');
    expect(stderr).toBe('');
  });
});

describe('a warning of the process', () => {
  it('becomes a line in place of what Node prints, until the observability is closed', async () => {
    const print = vi.fn<() => void>();
    Object.defineProperty(print, 'name', { value: 'onWarning' });
    process.on('warning', print);
    onTestFinished(() => void process.off('warning', print));
    const recorder = bridge();
    const warned = once(process, 'warning');
    process.emitWarning('old way', 'DeprecationWarning', 'DEP0');
    await warned;
    expect(recorder.last).toMatchObject({
      level: 'warn',
      logger: 'process',
      msg: 'old way',
      err: { type: 'DeprecationWarning', code: 'DEP0' },
    });
    expect(print).not.toHaveBeenCalled();
    await recorder.observability.close();
    expect(process.listeners('warning')).toContain(print);
  });
});
