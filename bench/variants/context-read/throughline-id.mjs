/** Throughline, the id alone. */
import { getRequestId, runWithContext } from '@throughline/core';

export function run(time) {
  return runWithContext({ requestId: 'bench-4f6a' }, () => time(getRequestId));
}
