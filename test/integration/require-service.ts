/** Required service: whether a real server is installed, which CI takes for granted. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Tells whether this command is on the PATH; tests of it are skipped by name where it is not.
 *
 * @throws {Error} When it is missing in CI, because there no test may be skipped.
 */
export function hasCommand(command: string): boolean {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((directory) => isExecutable(join(directory, command)));
  if (!found && process.env['CI']) throw new Error(`${command} is not on the PATH; install it, CI runs every test`);
  return found;
}

/**
 * Path of a server that `scripts/backends` builds, or `undefined` where it is not built; its tests are skipped by name then.
 *
 * @throws {Error} When it is missing in CI, because there no test may be skipped.
 */
export function builtBackend(name: string): string | undefined {
  const script = `scripts/backends/${name}.mjs`;
  const path = execFileSync(process.execPath, [script, '--path'], { cwd: root, encoding: 'utf8' }).trim();
  if (isExecutable(path)) return path;
  if (process.env['CI']) throw new Error(`${path} is missing; run 'node ${script}', CI runs every test`);
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
