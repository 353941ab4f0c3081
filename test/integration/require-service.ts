/** Required service: whether a real server is installed, which CI takes for granted. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
