/** System facts: what the system says of itself, or nothing; a process may outlive its directory, and have no home. */
import { homedir, hostname } from 'node:os';

export const hostName = (): string => orNothing(hostname);
export const homeDirectory = (): string => orNothing(homedir);
export const workingDirectory = (): string => orNothing(() => process.cwd());

function orNothing(ask: () => string): string {
  try {
    return ask();
  } catch {
    return '';
  }
}
