/** Ready line: what a server prints once it accepts connections, waited for. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** @throws {Error} When the output ends before that; the message has the last line of it. */
export async function untilLine(name: string, output: Readable | null, words: string): Promise<void> {
  if (!output) return;
  let last = 'nothing';
  for await (const line of createInterface({ input: output })) {
    last = line;
    if (!line.includes(words)) continue;
    // What nobody reads would fill the pipe, and then the server would wait.
    output.resume();
    return;
  }
  throw new Error(`${name} did not start; the last it said was: ${last}`);
}
