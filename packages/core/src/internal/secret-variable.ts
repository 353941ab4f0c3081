/** Secret variable: an environment variable whose value may also stand in a file, as container platforms mount it. */
import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Takes a sentence about a variable that cannot be used. */
export type Warn = (sentence: string) => void;

/** Reads a variable; blank counts as not set. */
export function readVariable(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/**
 * Reads `NAME`, or else the file that `NAME_FILE` names; blank counts as not set.
 *
 * @param warn Called with a sentence when the file cannot be read.
 */
export function readSecret(env: Environment, name: string, warn: Warn): string | undefined {
  const value = readVariable(env, name);
  if (value) return value;
  const file = readVariable(env, `${name}_FILE`);
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    warn(`${name}_FILE cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
    return undefined;
  }
}
