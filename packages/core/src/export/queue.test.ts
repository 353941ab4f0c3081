import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { report } from '../../testing/simulation.js';
import { createRedactor } from '../internal/redact.js';
import { Queue } from './queue.js';
import { createRecorder } from './record.js';
import { createUlid } from './ulid.js';
import { type WaitingEntry, WaitingErrors } from './waiting.js';

const record = createRecorder({ redactor: createRedactor(), createUid: createUlid(), root: '', home: '' });

interface Subject {
  readonly queue: Queue;
  readonly errors: WaitingErrors;
  readonly push: (message: string, fingerprint?: string) => WaitingEntry[];
}

function createQueue(maxBytes = 1e6): Subject {
  const errors = new WaitingErrors();
  const queue = new Queue(maxBytes, errors);
  const entry = (message: string, fingerprint: string): WaitingEntry =>
    errors.add(record(report(message)), fingerprint, undefined);
  return { queue, errors, push: (message, fingerprint = message) => queue.push(entry(message, fingerprint)) };
}

const messages = (entries: readonly WaitingEntry[]): string[] => entries.map((entry) => entry.record.message);
const weight = (entries: readonly WaitingEntry[]): number => entries.reduce((sum, { count }) => sum + count, 0);

describe('queue', () => {
  it('gives the oldest first, within the limits, and one at least', () => {
    const { queue, push } = createQueue();
    for (const message of ['a', 'b', 'c']) push(message);
    expect(messages(queue.take(2, 1e6))).toEqual(['a', 'b']);
    expect(messages(queue.take(2, 1))).toEqual(['c']);
    expect(queue.isEmpty).toBe(true);
  });

  it('lets nothing grow that was taken', () => {
    const { queue, errors, push } = createQueue();
    push('a');
    expect(errors.find('a')).toBeDefined();
    queue.putBack(queue.take(1, 1));
    expect(errors.find('a')).toBeUndefined();
  });

  it('holds what was put back before what came later', () => {
    const { queue, push } = createQueue();
    push('a');
    const taken = queue.take(1, 1);
    push('b');
    queue.putBack(taken);
    expect(messages(queue.take(2, 1e6))).toEqual(['a', 'b']);
  });

  it('gives entries of one author at a time', () => {
    const { queue, push } = createQueue();
    push('ours');
    const [ours] = queue.take(1, 1);
    const author = { name: 'shop', host: 'h', pid: 1, instanceId: 'i' };
    const theirs = { ...ours, author } as WaitingEntry;
    queue.putBack([theirs, theirs, ours as WaitingEntry]);
    expect(queue.take(9, 1e6)).toEqual([theirs, theirs]);
    expect(queue.take(9, 1e6)).toEqual([ours]);
  });

  it('never weighs more than it may, and never forgets a report', () => {
    const step = fc.record({ kind: fc.constantFrom('push', 'grow', 'take'), key: fc.nat(5), length: fc.nat(5_000) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { queue, errors, push } = createQueue(20_000);
        let expected = 0;
        for (const { kind, key, length } of steps) {
          const growing = errors.find(String(key));
          if (kind === 'take') {
            const taken = queue.take(3, 1e6);
            if (length % 2 === 0) queue.putBack(taken);
            else {
              queue.release(taken);
              expected -= weight(taken);
            }
          } else if (growing === undefined) expected += 1 - weight(push('x'.repeat(length), String(key)));
          else {
            errors.grow(growing, 1);
            queue.grow();
            expected++;
          }
          expect(queue.weight).toBe(expected);
        }
        const held = queue.take(Infinity, Infinity);
        expect(weight(held)).toBe(expected);
        expect(held.reduce((sum, entry) => sum + entry.record.bytes, 0)).toBeLessThanOrEqual(20_000);
      }),
    );
  });
});
