/** Secret variable: an environment variable whose value may also stand in a file, as container platforms mount it. */
import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Takes a sentence about a variable that cannot be used. */
export type Warn = (sentence: string) => void;

/**
 * Reads `NAME`, or else the file that `NAME_FILE` names; empty counts as not set.
 *
 * @param warn Called with a sentence when the file cannot be read.
 */
export function readSecret(env: Environment, name: string, warn: Warn): string | undefined {
  const value = env[name]?.trim();
  if (value) return value;
  const file = env[`${name}_FILE`]?.trim();
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    warn(`${name}_FILE cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
    return undefined;
  }
}
