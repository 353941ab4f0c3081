import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { report } from '../../testing/simulation.js';
import { createRedactor } from '../internal/redact.js';
import { Queue } from './queue.js';
import { createRecorder } from './record.js';
import { createUlid } from './ulid.js';

const record = createRecorder({ redactor: createRedactor(), createUid: createUlid(), root: '', home: '' });
const named = (message: string, timeMs = 0): ReturnType<typeof record> => record(report(message, { timeMs }));

describe('queue', () => {
  it('gives the oldest first, within the limits, and one at least', () => {
    const queue = new Queue(1e6);
    for (const message of ['a', 'b', 'c']) queue.push(named(message), message);
    expect(queue.take(2, 1e6).map(({ record: { message } }) => message)).toEqual(['a', 'b']);
    expect(queue.take(2, 1).map(({ record: { message } }) => message)).toEqual(['c']);
    expect(queue.isEmpty).toBe(true);
  });

  it('folds what waits, and remembers the first and the last time', () => {
    const queue = new Queue(1e6);
    queue.push(named('a', 50), 'a');
    expect([queue.fold('a', 70), queue.fold('a', 20), queue.fold('b', 1)]).toEqual([true, true, false]);
    expect(queue.take(1, 1)).toMatchObject([{ count: 3, firstSeenMs: 20, lastSeenMs: 70 }]);
    expect(queue.fold('a', 80)).toBe(false);
  });

  it('does not fold into what was put back', () => {
    const queue = new Queue(1e6);
    queue.push(named('a'), 'a');
    queue.putBack(queue.take(1, 1));
    expect(queue.fold('a', 1)).toBe(false);
  });

  it('holds what was put back before what came later', () => {
    const queue = new Queue(1e6);
    queue.push(named('a'), 'a');
    const taken = queue.take(1, 1);
    queue.push(named('b'), 'b');
    queue.putBack(taken);
    expect(queue.take(2, 1e6).map(({ record: { message } }) => message)).toEqual(['a', 'b']);
  });

  it('never weighs more than it may, and never forgets a report', () => {
    const step = fc.record({ kind: fc.constantFrom('push', 'fold', 'take'), key: fc.nat(5), length: fc.nat(5_000) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const queue = new Queue(20_000);
        let expected = 0;
        for (const { kind, key, length } of steps) {
          if (kind === 'fold') expected += queue.fold(String(key), 1) ? 1 : 0;
          else if (kind === 'take') {
            const taken = queue.take(3, 1e6);
            if (length % 2 === 0) queue.putBack(taken);
            else {
              queue.release(taken);
              expected -= taken.reduce((sum, { count }) => sum + count, 0);
            }
          } else {
            const dropped = queue.push(named('x'.repeat(length)), String(key));
            expected += 1 - dropped.reduce((sum, { count }) => sum + count, 0);
          }
          expect(queue.weight).toBe(expected);
        }
        const held = queue.take(Infinity, Infinity);
        expect(held.reduce((sum, entry) => sum + entry.record.bytes, 0)).toBeLessThanOrEqual(20_000);
      }),
    );
  });
});
