import { describe, expect, it } from 'vitest';
import { isOrphaned, journalName, ourNeighbourhood, readJournalName } from './owner.js';

const id = '01JD9Z7Q5E8WQ0T5J3N9V4K2RA';
const us = { host: 'h1', pid: 7, isAlive: (pid: number): boolean => pid === 8 };

describe('the name of a journal', () => {
  it('tells its id and its owner', () => {
    const owner = { host: 'web-1.shop', pid: 42 };
    expect(readJournalName(journalName(id, owner))).toEqual({ id, owner });
    expect(readJournalName(journalName(id))).toEqual({ id, owner: undefined });
  });

  it.each(['journal', `journal_${id}_h1`, `journal_${id}_h1_x`, `journal_short_h1_7`, `x${journalName(id)}`, '../x'])(
    'is not %s',
    (name) => expect(readJournalName(name)).toBeUndefined(),
  );

  it('can be made of any host', () => {
    const { host, pid } = ourNeighbourhood();
    expect(readJournalName(journalName(id, { host, pid }))).toEqual({ id, owner: { host, pid } });
  });
});

describe('a journal', () => {
  it.each([
    ['that was given away', undefined, 0, true],
    ['of a dead process of this host', { host: 'h1', pid: 9 }, 0, true],
    ['of a living process of this host', { host: 'h1', pid: 8 }, 59_000, false],
    ['of a process that has hung for a minute', { host: 'h1', pid: 8 }, 61_000, true],
    ['of another host', { host: 'h2', pid: 9 }, 59_000, false],
    ['of another host that is silent', { host: 'h2', pid: 9 }, 61_000, true],
    ['of another thread of ours', { host: 'h1', pid: 7 }, 14_000, false],
    ['of an earlier container with our name and number', { host: 'h1', pid: 7 }, 16_000, true],
  ])('%s: is an orphan or not', (_, owner, idleMs, expected) => {
    expect(isOrphaned(owner, idleMs, us)).toBe(expected);
  });

  it('of a process that is there is not an orphan, of one that is not is', () => {
    const we = ourNeighbourhood();
    expect([process.pid, 1, 2 ** 22 + 1].map((pid) => we.isAlive(pid))).toEqual([true, true, false]);
  });
});
