/** Throughline outside of any context. */
import { createObservability } from '@throughline/core';

export function run(time) {
  const log = createObservability({ exporters: [], isolated: true }).getLogger('orders');
  return time(() => log.info('order read'));
}
