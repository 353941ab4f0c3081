// What every application of these tests works with: a pool that is of no use once it has ended.
let hasEnded = false;

export const say = (word) => process.stdout.write(`${JSON.stringify({ say: word })}\n`);

/** Takes a few milliseconds, as a query does. */
export async function work() {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  if (hasEnded) throw new Error('the pool has ended');
  return { done: true };
}

export function endPool() {
  hasEnded = true;
  say('pool ended');
}
