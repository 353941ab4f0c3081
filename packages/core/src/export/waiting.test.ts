import { describe, expect, it } from 'vitest';
import { report } from '../../testing/simulation.js';
import { createRedactor } from '../internal/redact.js';
import { createRecorder } from './record.js';
import { createUlid } from './ulid.js';
import { WaitingErrors } from './waiting.js';

const record = createRecorder({ redactor: createRedactor(), createUid: createUlid(), root: '', home: '' });

describe('waiting errors', () => {
  it('grow with each repeat, and remember the first and the last time', () => {
    const errors = new WaitingErrors();
    const entry = errors.add(record(report('a', { timeMs: 50 })), 'a', undefined);
    errors.grow(entry, 70);
    errors.grow(entry, 20);
    expect(entry).toMatchObject({ count: 3, firstSeenMs: 20, lastSeenMs: 70 });
  });

  it('are found until they are closed', () => {
    const errors = new WaitingErrors();
    const [one, other] = ['a', 'b'].map((name) => errors.add(record(report(name)), name, undefined));
    expect([errors.find('a'), errors.find('b'), errors.find('c')]).toEqual([one, other, undefined]);
    if (one) errors.close(one);
    expect(errors.find('a')).toBeUndefined();
    errors.closeAll();
    expect(errors.find('b')).toBeUndefined();
  });

  it('close only what they hold, not a later one of the same kind', () => {
    const errors = new WaitingErrors();
    const [early, late] = [1, 2].map(() => errors.add(record(report('a')), 'a', undefined));
    if (early) errors.close(early);
    expect(errors.find('a')).toBe(late);
  });
});
