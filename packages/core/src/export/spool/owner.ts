/** Owner: which process a journal belongs to, as its name says, and whether that process is gone. */
import { hostname } from 'node:os';

/** A process, among those that share a directory. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
}

export interface JournalName {
  /** ULID, the same whoever owns the journal. */
  readonly id: string;
  /** Nobody's when its owner gave it away. */
  readonly owner: Owner | undefined;
}

/** The process that asks, and what it knows of its neighbours. */
export interface Neighbourhood extends Owner {
  isAlive(pid: number): boolean;
}

const namePattern = /^journal_(?<id>[0-9A-Z]{26})(?:_(?<host>[A-Za-z0-9.-]{1,64})_(?<pid>\d{1,10}))?$/;

/** A process that lives touches its journals every few seconds; one that did not for so long is gone, or hangs. */
const silenceMs = 60_000;

/**
 * The same for a journal under our own name: it is of an earlier container, in which the process had the same number,
 * or of another thread of this process.
 */
const namesakeSilenceMs = 15_000;

export function journalName(id: string, owner?: Owner): string {
  return owner === undefined ? `journal_${id}` : `journal_${id}_${owner.host}_${owner.pid}`;
}

/** Reads the name of a journal's directory; `undefined` for that of something else. */
export function readJournalName(name: string): JournalName | undefined {
  const { id, host, pid } = namePattern.exec(name)?.groups ?? {};
  if (id === undefined) return undefined;
  return { id, owner: host === undefined || pid === undefined ? undefined : { host, pid: Number(pid) } };
}

/**
 * Whether a journal may be taken over.
 *
 * @param idleMs Time since its owner showed that it lives.
 */
export function isOrphaned(owner: Owner | undefined, idleMs: number, we: Neighbourhood): boolean {
  if (owner === undefined || idleMs > silenceMs) return true;
  // Of another host, or another container, only its silence tells.
  if (owner.host !== we.host) return false;
  return owner.pid === we.pid ? idleMs > namesakeSilenceMs : !we.isAlive(owner.pid);
}

export function ourNeighbourhood(): Neighbourhood {
  return {
    host:
      hostname()
        .replace(/[^A-Za-z0-9.-]/g, '-')
        .slice(0, 64) || 'localhost',
    pid: process.pid,
    isAlive(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        // A process of another user's cannot be signalled, but it lives.
        return (error as NodeJS.ErrnoException).code === 'EPERM';
      }
    },
  };
}
