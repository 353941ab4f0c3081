import { ConfigError, createObservability, type FlightRecorderOptions, runWithContext } from '@throughline/core';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { record, type Recorder } from './recorder.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function recordFlights(flightRecorder: FlightRecorderOptions = {}, level = 'warn'): Recorder {
  const recorder = record({ log: { level, flightRecorder } });
  onTestFinished(() => recorder.observability.close());
  return recorder;
}

const messages = ({ lines }: Recorder): unknown[] => lines.map(({ msg }) => msg);

/** A job that says so many things and then fails. */
function fail({ observability }: Recorder, ...said: string[]): void {
  const log = observability.getLogger('jobs');
  const job = (): void => {
    for (const text of said) log.debug(text);
    throw new Error('failed');
  };
  expect(() => runWithContext({ kind: 'job' }, job)).toThrow('failed');
}

describe('the flight recorder', () => {
  it('writes what a job said that rejects, with the times and the context it was said in', async () => {
    const recorder = recordFlights();
    const log = recorder.observability.getLogger('jobs');
    vi.setSystemTime('2026-11-20T10:30:45.123Z');
    const job = async (): Promise<void> => {
      log.debug({ password: 'canary', item: 7 }, 'picked');
      await Promise.resolve();
      vi.setSystemTime('2026-11-20T10:30:46.000Z');
      log.info('packed');
      vi.setSystemTime('2026-11-20T10:31:00.000Z');
      throw new Error('no van');
    };
    await expect(runWithContext({ kind: 'job', requestId: 'job-1' }, job)).rejects.toThrow('no van');
    expect(recorder.lines).toMatchObject([
      { level: 'debug', logger: 'jobs', msg: 'picked', item: 7, request_id: 'job-1', time: '2026-11-20T10:30:45.123Z' },
      { level: 'info', logger: 'jobs', msg: 'packed', request_id: 'job-1', time: '2026-11-20T10:30:46.000Z' },
    ]);
    expect(recorder.texts.join()).not.toContain('canary');
  });

  it('writes nothing of a job that resolves, however long it took, and gives what the job gives', async () => {
    const recorder = recordFlights({ slowMs: 1 });
    const log = recorder.observability.logger;
    const job = async (): Promise<string> => {
      log.debug('picked');
      await Promise.resolve();
      vi.advanceTimersByTime(10_000);
      return 'done';
    };
    expect(await runWithContext({ kind: 'job' }, job)).toBe('done');
    expect(runWithContext({ kind: 'job' }, () => (log.debug('picked'), 'done'))).toBe('done');
    expect(messages(recorder)).toEqual([]);
  });

  it('writes what was said before an error that a job logs, and what follows only when there is another', () => {
    const recorder = recordFlights();
    const log = recorder.observability.logger;
    runWithContext({ kind: 'job' }, () => {
      log.debug('one');
      log.error('first');
      log.debug('two');
      log.fatal('second');
      log.debug('three');
    });
    expect(messages(recorder)).toEqual(['one', 'first', 'two', 'second']);
  });

  it('keeps the last lines, up to a number, a size and an age', () => {
    const byNumber = recordFlights({ maxLines: 2 });
    fail(byNumber, 'one', 'two', 'three');
    expect(messages(byNumber)).toEqual(['two', 'three']);

    const bySize = recordFlights({ maxBytes: 600 });
    fail(bySize, 'one', 'two', '€'.repeat(100), 'x'.repeat(1000), 'three');
    expect(messages(bySize)).toEqual(['three']);

    const byAge = recordFlights({ maxAgeMs: 1000 });
    const log = byAge.observability.logger;
    const late = (): void => {
      log.debug('one');
      vi.advanceTimersByTime(1500);
      log.debug('two');
      vi.advanceTimersByTime(1000);
      throw new Error('failed');
    };
    expect(() => runWithContext({}, late)).toThrow('failed');
    expect(messages(byAge)).toEqual(['two']);
  });

  it('keeps no lines below its level, and none outside of a context or after its end', () => {
    const recorder = recordFlights({ level: 'info' });
    const log = recorder.observability.logger;
    log.info('outside');
    let later = (): void => {};
    const job = (): void => {
      log.debug('too small');
      log.info('kept');
      later = () => runWithContext({}, () => log.info('another'));
      throw new Error('failed');
    };
    expect(() => runWithContext({}, job)).toThrow('failed');
    later();
    expect(messages(recorder)).toEqual(['kept']);
  });

  it('reaches loggers that were there before it, their children, and a pino of the user’s own', () => {
    const texts: string[] = [];
    const destination = { write: (text: string) => void texts.push(text) };
    const observability = createObservability({
      isolated: true,
      exporters: [],
      log: { level: 'warn', flightRecorder: {} },
    });
    onTestFinished(() => observability.close());
    const own = pino(observability.pinoOptions({ name: 'legacy' }), destination);
    const quiet = own.child({ part: 'a' }, { level: 'error' });
    const job = (): void => {
      own.debug('own');
      quiet.warn('child');
      throw new Error('failed');
    };
    expect(() => runWithContext({}, job)).toThrow('failed');
    expect(texts.map((text) => JSON.parse(text) as object)).toMatchObject([
      { logger: 'legacy', msg: 'own' },
      { logger: 'legacy', part: 'a', msg: 'child' },
    ]);
  });

  it('tells several destinations the level of each line', () => {
    const texts: [stream: string, text: string][] = [];
    const stream = (name: string): { write(text: string): void } => ({
      write: (text) => void texts.push([name, text]),
    });
    const destination = pino.multistream([
      { level: 'error', stream: stream('errors') },
      { level: 'debug', stream: stream('all') },
    ]);
    const recorder = record({ log: { level: 'warn', flightRecorder: {}, destination } });
    onTestFinished(() => recorder.observability.close());
    runWithContext({}, () => {
      recorder.observability.logger.debug('before');
      recorder.observability.logger.error('failed');
    });
    expect(texts.map(([name, text]) => [name, (JSON.parse(text) as { msg: string }).msg])).toEqual([
      ['all', 'before'],
      ['all', 'failed'],
      ['errors', 'failed'],
    ]);
  });

  it('says that a level is enabled where its lines are kept, and only there', () => {
    const { observability } = recordFlights();
    const log = observability.getLogger('jobs');
    expect([log.level, log.isLevelEnabled('debug')]).toEqual(['warn', false]);
    runWithContext({}, () => expect([log.isLevelEnabled('debug'), log.isLevelEnabled('trace')]).toEqual([true, false]));
  });

  it('asks the hook of a pino of the user’s own for lines that are written or kept, and no others', () => {
    const asked: unknown[] = [];
    const { observability } = recordFlights();
    const hooks: pino.LoggerOptions['hooks'] = {
      logMethod(args, method) {
        asked.push(args[0]);
        method.apply(this, args);
      },
    };
    const own = pino(observability.pinoOptions({ hooks }), { write() {} });
    own.debug('outside');
    own.warn('written');
    runWithContext({}, () => (own.trace('too small'), own.debug('kept')));
    expect(asked).toEqual(['written', 'kept']);
  });

  it('leaves levels in force when it is taken away again', async () => {
    const texts: string[] = [];
    const log = { level: 'warn', destination: { write: (text: string) => void texts.push(text) } };
    const first = createObservability({ isolated: true, exporters: [], log: { ...log, flightRecorder: {} } });
    const quiet = first.logger.child({}, { level: 'error' });
    (first as unknown as { configure(options: object): void }).configure({ isolated: true, exporters: [], log });
    runWithContext({}, () => (quiet.warn('suppressed'), first.logger.debug('suppressed')));
    quiet.error('written');
    expect(texts.map((text) => (JSON.parse(text) as { msg: string }).msg)).toEqual(['written']);
    await first.close();
  });

  it('leaves what a job gives alone when it is off', () => {
    const promise = Promise.resolve();
    expect(runWithContext({}, () => promise)).toBe(promise);
  });

  it('leaves what nobody catches uncaught', async () => {
    recordFlights();
    const caught: unknown[] = [];
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', (reason) => caught.push(reason));
    onTestFinished(() => {
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener);
    });
    void runWithContext({}, () => Promise.reject(new Error('nobody cares')));
    await new Promise(setImmediate);
    expect(caught).toMatchObject([{ message: 'nobody cares' }]);
  });

  it('loses neither an error nor a job when a destination does not take the lines that were kept', () => {
    const texts: string[] = [];
    const problems: string[] = [];
    const destination = {
      write(text: string) {
        if (text.includes('"debug"')) throw new Error('full');
        texts.push(text);
      },
    };
    const onProblem = ({ code }: { code: string }): void => void problems.push(code);
    const { observability } = record({ onProblem, log: { level: 'warn', flightRecorder: {}, destination } });
    onTestFinished(() => observability.close());
    runWithContext({}, () => {
      observability.logger.debug('before');
      observability.logger.error('failed');
    });
    expect([texts.length, problems]).toEqual([1, ['LOG_LINE_FAILED']]);
  });

  it.each([
    ['log.flightRecorder', true],
    ['log.flightRecorder.level', { level: 'loud' }],
    ['log.flightRecorder.maxLines', { maxLines: 0 }],
    ['log.flightRecorder.maxBytes', { maxBytes: '1 MB' }],
    ['log.flightRecorder.maxAgeMs', { maxAgeMs: Number.NaN }],
    ['log.flightRecorder.slowMs', { slowMs: -1 }],
  ])('refuses an invalid %s', (option, flightRecorder) => {
    const options = { isolated: true, log: { flightRecorder: flightRecorder as FlightRecorderOptions } };
    expect(() => createObservability(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', option }));
    expect(() => createObservability(options)).toThrow(ConfigError);
  });
});
