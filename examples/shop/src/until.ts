/** Until: waits for a condition, but not for ever. */
import { setTimeout as delay } from 'node:timers/promises';

/** @throws {Error} When the condition does not hold in time. */
export async function until(timeoutMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it did not come true within ${timeoutMs} ms`);
    await delay(10);
  }
}
