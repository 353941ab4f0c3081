/** Calls: what one takes of the processor when it is made over and over. */

const batches = 5;
const batchUs = 100_000;

/** Nanoseconds a call: the median of some batches, each long enough to be measured and for V8 to have compiled before. */
export function nsPerCall(call, isSmoke) {
  let count = 10;
  while (!isSmoke && cpuUs(call, count) < batchUs) count *= 2;
  const times = Array.from({ length: batches }, () => (cpuUs(call, count) * 1_000) / count);
  return times.toSorted((a, b) => a - b)[Math.floor(batches / 2)];
}

function cpuUs(call, count) {
  const before = process.cpuUsage();
  for (let time = 0; time < count; time++) call();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
