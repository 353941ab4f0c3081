/** Subject: a process of its own in which a variant runs, and which is asked for figures. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pinned } from './processor.mjs';

const child = fileURLToPath(new URL('subject-process.mjs', import.meta.url));
const nothing = openSync('/dev/null', 'w');

/**
 * Starts a subject; its standard output is /dev/null unless `stdout` says otherwise.
 *
 * @param variant Path of the variant's file below `variants/`, without its ending.
 */
export function startSubject(variant, { node, isSmoke, flags = [], stdout = nothing }) {
  const whole = [node, '--expose-gc', ...flags, child, variant];
  const [command, ...args] = isSmoke ? whole : pinned(whole);
  const spawned = spawn(command, args, {
    stdio: ['ignore', stdout, 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const ended = once(spawned, 'exit').then(([code, signal]) => {
    throw Object.assign(new Error(`${variant} ended with ${signal ?? code}`), { signal });
  });
  ended.catch(() => undefined);
  return {
    stdout: spawned.stdout,
    /** Has a question answered by the subject; rejects when it breaks on it. */
    async ask(question, ...args) {
      spawned.send({ question, args });
      const [{ answer, failure }] = await Promise.race([once(spawned, 'message'), ended]);
      if (failure !== undefined) throw new Error(`${variant} broke: ${failure}`);
      return answer;
    },
    /** Lets it go; it ends itself, so that what it made is tidied up. */
    stop: () => spawned.connected && spawned.disconnect(),
  };
}
