/** Calls: what one takes of the processor when it is made over and over. */

const batches = 5;

/** Nanoseconds a call: the median of some batches, after as many calls as V8 wants to see before it compiles for good. */
export function nsPerCall(call, count) {
  for (let warm = 0; warm < 2 * count; warm++) call();
  const times = Array.from({ length: batches }, () => {
    const before = process.cpuUsage();
    for (let time = 0; time < count; time++) call();
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / count;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(batches / 2)];
}
