/** Throughline in a context. */
import { createObservability, getLogger, runWithContext } from '@throughline/core';

export function run(time) {
  createObservability({ exporters: [] });
  const log = getLogger('orders');
  return runWithContext({}, () => time(() => log.debug({ order_id: 7 }, 'order read')));
}
