import { createObservability, getObservability, runWithContext, withContext } from '@throughline/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { record, topLevelKeys } from './recorder.js';

/** How many lines are written when so many requests say it. */
function written(message: string, rate: number, requests: number): { count: number; ids: unknown[] } {
  const recorder = record({ log: { sample: { [message]: rate } } });
  for (let index = 0; index < requests; index++)
    runWithContext({ requestId: `request-${index}` }, () => recorder.observability.logger.info(message));
  return { count: recorder.lines.length, ids: recorder.lines.map(({ request_id: id }) => id) };
}

describe('sampling', () => {
  it('writes about that part of the requests', () => {
    expect(written('cache miss', 0.1, 5000).count / 5000).toBeCloseTo(0.1, 1);
    expect(written('cache miss', 0.01, 20_000).count / 20_000).toBeCloseTo(0.01, 2);
    expect(written('cache miss', 0, 100).count).toBe(0);
    expect(written('cache miss', 1, 100).count).toBe(100);
  });

  it('decides by the request id alone, so that all services and messages decide alike', () => {
    const { ids } = written('cache miss', 0.1, 1000);
    expect(written('cache hit', 0.1, 1000).ids).toEqual(ids);
    const recorder = record({ log: { sample: { 'cache miss': 0.1 } } });
    runWithContext({ requestId: String(ids[0]) }, () => {
      for (let count = 0; count < 5; count++) recorder.observability.getLogger('cache').debug({ count }, 'cache miss');
    });
    expect(recorder.lines).toHaveLength(5);
  });

  it('writes the first of so many outside of a context', () => {
    const recorder = record({ log: { sample: { tick: 0.25 } } });
    for (let count = 1; count <= 9; count++) recorder.observability.logger.info({ count }, 'tick');
    expect(recorder.lines.map(({ count }) => count)).toEqual([1, 5, 9]);
  });

  it('puts the rate on the line, each key once', () => {
    const recorder = record({ log: { sample: { tick: 0.5 } } });
    const log = recorder.observability.logger.child({ sample_rate: 3 });
    log.info('tick');
    recorder.observability.logger.info({ sample_rate: 9, token: 'canary' }, 'tick');
    recorder.observability.logger.info({ sample_rate: 9, token: 'canary' }, 'tick');
    expect(recorder.lines).toMatchObject([
      { sample_rate: 0.5 },
      { sample_rate: 0.5, fields_sample_rate: 9, token: '[Redacted]' },
    ]);
    for (const text of recorder.texts) expect(topLevelKeys(text)).toEqual([...new Set(topLevelKeys(text))]);
  });

  it('goes by the message as it was given, before its placeholders are filled, and leaves others alone', () => {
    const recorder = record({ log: { sample: { 'missed %s': 0 } } });
    recorder.observability.logger.info('missed %s', 'a');
    recorder.observability.logger.info('missed a');
    recorder.observability.logger.info({ note: 'missed %s' });
    expect(recorder.lines.map(({ msg }) => msg)).toEqual(['missed a', undefined]);
  });

  it('never leaves out an error', () => {
    const recorder = record({ log: { sample: { failed: 0 } } });
    recorder.observability.logger.error('failed');
    recorder.observability.logger.fatal(new Error('x'), 'failed');
    expect(recorder.lines).toHaveLength(2);
    expect(recorder.lines[0]).not.toHaveProperty('sample_rate');
  });

  it('leaves nothing out of a request that fails, when there is a flight recorder', () => {
    const recorder = record({ log: { level: 'info', sample: { tick: 0 }, flightRecorder: {} } });
    onTestFinished(() => recorder.observability.close());
    const job = (): void => {
      withContext({ step: 1 }, () => recorder.observability.logger.info('tick'));
      throw new Error('failed');
    };
    expect(() => runWithContext({}, job)).toThrow('failed');
    expect(recorder.lines).toMatchObject([{ msg: 'tick', step: 1 }]);
  });

  it('changes nothing of an observability that is there when its rates cannot be used', async () => {
    const lines: string[] = [];
    const early = getObservability();
    onTestFinished(() => early.close());
    const options = {
      service: { name: 'changed' },
      log: { destination: { write: (line: string) => void lines.push(line) } },
    };
    expect(() => createObservability({ ...options, log: { ...options.log, sample: { tick: 2 } } })).toThrow(
      'log.sample.tick',
    );
    expect(early.service.name).not.toBe('changed');
    expect(createObservability({ exporters: [], ...options })).toBe(early);
    early.logger.fatal('hi');
    expect(lines).toHaveLength(1);
  });

  it.each([
    ['log.sample', 0.1],
    ['log.sample.tick', { tick: 10 }],
    ['log.sample.tick', { tick: '1%' }],
  ])('refuses an invalid %s', (option, sample) => {
    const options = { isolated: true, log: { sample: sample as Record<string, number> } };
    expect(() => createObservability(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', option }));
  });
});
