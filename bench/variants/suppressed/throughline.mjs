/** Throughline outside of any context. */
import { createObservability, getLogger } from '@throughline/core';

export function run(time) {
  createObservability({ exporters: [] });
  const log = getLogger('orders');
  return time(() => log.debug({ order_id: 7 }, 'order read'));
}
