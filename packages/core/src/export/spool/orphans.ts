/** Orphans: journals of processes that are gone, each taken over by exactly one of those that live. */
import { join } from 'node:path';
import type { Disk } from './disk.js';
import { Journal } from './journal.js';
import { isOrphaned, journalName, readJournalName, type Neighbourhood } from './owner.js';

export interface Search {
  readonly disk: Disk;
  readonly directory: string;
  readonly we: Neighbourhood;
  /** Wall clock, in milliseconds since the epoch. */
  readonly nowMs: number;
  /** Destinations that will read what is found. */
  readonly keys: readonly string[];
}

/**
 * Takes over what nobody owns any more, oldest first.
 *
 * @param known Ids that are left alone.
 */
export async function* adoptOrphans(search: Search, known: ReadonlySet<string>): AsyncGenerator<Journal> {
  const { disk, directory, we, keys } = search;
  for (const name of (await disk.list(directory)).toSorted()) {
    const id = await orphanId(name, search, known);
    if (id === undefined) continue;
    const path = join(directory, journalName(id, we));
    try {
      // Only one of several renames succeeds: the others find nothing under the old name.
      disk.rename(join(directory, name), path);
      disk.touch(path);
      yield await Journal.open(disk, id, path, keys);
    } catch {
      // Somebody else was first, or the disk fails; if it is still there, it will be found again.
    }
  }
}

async function orphanId(name: string, search: Search, known: ReadonlySet<string>): Promise<string | undefined> {
  const { disk, directory, we, nowMs } = search;
  const found = readJournalName(name);
  if (found === undefined || known.has(found.id)) return undefined;
  try {
    const { kind, isOurs, changedMs } = await disk.describe(join(directory, name));
    // What another user planted is not read, and not followed.
    if (kind !== 'directory' || !isOurs) return undefined;
    return isOrphaned(found.owner, nowMs - changedMs, we) ? found.id : undefined;
  } catch {
    return undefined;
  }
}
