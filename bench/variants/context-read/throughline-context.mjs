/** Throughline, the whole context. */
import { getContext, runWithContext } from '@throughline/core';

export function run(time) {
  return runWithContext({ requestId: 'bench-4f6a' }, () => time(() => getContext().requestId));
}
