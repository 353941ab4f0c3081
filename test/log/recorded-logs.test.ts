import { spawnSync } from 'node:child_process';
import { AssertionError } from 'node:assert';
import { createObservability, getLogger, getObservability, runWithContext } from '@throughline/core';
import { recordErrors, type RecordedLogs, recordLogs } from '@throughline/core/testing';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';

function recording(options?: Parameters<typeof recordLogs>[0]): RecordedLogs {
  const logs = recordLogs(options);
  onTestFinished(() => logs.stop());
  return logs;
}

/** What a failed assertion says. */
function saidBy(ask: () => unknown): string {
  try {
    ask();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error('nothing was said');
}

describe('recorded logs', () => {
  afterEach(() => getObservability().close());

  it('are the lines of the process, parsed, in place of written', () => {
    const written: string[] = [];
    createObservability({
      exporters: [],
      log: { level: 'info', destination: { write: (text) => void written.push(text) } },
    });
    const logs = recording();
    runWithContext({ requestId: 'r-1' }, () => getLogger('orders').info({ order_id: 7 }, 'order placed'));
    expect(logs.lines).toMatchObject([{ level: 'info', logger: 'orders', request_id: 'r-1', order_id: 7 }]);
    expect(written).toEqual([]);
    logs.stop();
    getLogger('orders').info('after');
    expect([written.length, logs.lines.length]).toEqual([1, 1]);
  });

  it('go on when the application creates its observability only then', () => {
    const written: string[] = [];
    const log = getLogger('orders');
    const logs = recording();
    createObservability({
      exporters: [],
      service: { name: 'shop' },
      log: { level: 'info', destination: { write: (text) => void written.push(text) } },
    });
    log.info('by a logger that was there before');
    getLogger('orders').info('order placed');
    expect(logs.lines).toHaveLength(2);
    expect(logs.mustHaveOne({ msg: 'order placed' })).toMatchObject({ service: 'shop' });
    expect(written).toEqual([]);
    logs.stop();
    getLogger('orders').info('after');
    expect(written).toHaveLength(1);
  });

  it('may be asked for at another level, which ends with them, and of another observability', () => {
    const observability = createObservability({ isolated: true, exporters: [], log: { level: 'warn' } });
    const logs = recording({ observability, level: 'debug' });
    observability.getLogger('orders').debug('seen');
    logs.stop();
    expect(logs.lines).toMatchObject([{ msg: 'seen' }]);
    expect(observability.getLogger('orders').level).toBe('warn');
  });

  it('are all there for each of two recordings that end in any order', () => {
    const observability = createObservability({ isolated: true, exporters: [], log: { level: 'info' } });
    const [outer, inner] = [recording({ observability }), recording({ observability })];
    outer.stop();
    observability.logger.info('one');
    inner.stop();
    expect([outer.lines.length, inner.lines.length]).toEqual([0, 1]);
  });

  it('are like a pattern that names a part of a line', () => {
    const observability = createObservability({ isolated: true, exporters: [] });
    const logs = recording({ observability, level: 'info' });
    observability.logger.error({ order: { id: 7, items: [1, 2] }, err: new TypeError('no stock') }, 'order failed');
    expect(logs.mustHave({ msg: /failed$/, order: { id: 7 }, err: { type: 'TypeError' } })).toEqual(logs.lines[0]);
  });

  it.each<[string, object]>([
    ['another value', { order: { id: 8 } }],
    ['a field that is not there', { user_id: '7' }],
    ['a list of another length', { order: { items: [1] } }],
    ['a pattern on what is no text', { order: { id: /7/ } }],
    ['a member of what is no object', { msg: { length: 12 } }],
  ])('are not like %s', (_, pattern) => {
    const observability = createObservability({ isolated: true, exporters: [] });
    const logs = recording({ observability, level: 'info' });
    observability.logger.info({ order: { id: 7, items: [1, 2] } }, 'order placed');
    expect(logs.like(pattern as Record<string, unknown>)).toEqual([]);
  });

  it('say in a sentence what was logged instead', () => {
    const observability = createObservability({ isolated: true, exporters: [] });
    const logs = recording({ observability, level: 'info' });
    expect(saidBy(() => logs.mustHave({ msg: 'paid' }))).toBe(
      "the logs must have a line like { msg: 'paid' }; nothing was logged",
    );
    for (let count = 0; count < 2; count++) observability.logger.warn('no stock');
    expect(saidBy(() => logs.mustHaveOne({ msg: 'paid' }))).toMatch(
      /^the logs must have a line like .*; logged:\n.*no stock/,
    );
    expect(saidBy(() => logs.mustHaveOne({ level: 'warn' }))).toMatch(
      /must have one line, not 2, like { level: 'warn' }/,
    );
    expect(saidBy(() => logs.mustNotHave({ level: 'warn' }))).toMatch(
      /^the logs must have no line like { level: 'warn' }/,
    );
    expect(saidBy(() => logs.mustNotMention('no stock'))).toBe('the logs must not mention "no stock"');
    logs.clear();
    logs.mustNotHave({});
    logs.mustNotMention('stock');
  });

  it('leave nothing open: a process that has recorded ends by itself', () => {
    const code = `
      const { recordLogs } = require('@throughline/core/testing');
      const { getLogger } = require('@throughline/core');
      const logs = recordLogs();
      getLogger('a').info('hi');
      logs.mustHaveOne({ msg: 'hi' });
      console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => !name.startsWith('T'))));
    `;
    const env = { ...process.env, LOG_LEVEL: 'info' };
    const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', code], {
      encoding: 'utf8',
      env,
      timeout: 30_000,
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(JSON.parse(stdout)).not.toContainEqual(expect.stringMatching(/Timeout|Worker|TCP|MessagePort/));
  });
});

describe('recorded errors', () => {
  it('are what would have left the process: once each, without secrets', () => {
    const errors = recordErrors();
    const observability = createObservability({ isolated: true, exporters: [errors], log: { level: 'silent' } });
    const { logger } = observability;
    observability.setLevel(undefined, 'error');
    const logs = recording({ observability });
    const error = Object.assign(new Error('declined for ada@example.com'), { config: { token: 'canary' } });
    logger.error({ err: error, order_id: 7 }, 'order failed');
    logger.error(error, 'told again');
    expect(errors.records).toMatchObject([{ message: 'order failed', attributes: { order_id: 7 } }]);
    expect(JSON.stringify(errors.records)).not.toMatch(/canary|ada@/);
    expect(logs.lines).toHaveLength(2);
    errors.clear();
    expect(errors.records).toEqual([]);
  });
});
