/** Throughline in a context that has the fields, beside its id. */
import { createObservability, runWithContext } from '@throughline/core';

export function run(time, fields) {
  const log = createObservability({ exporters: [], isolated: true }).getLogger('orders');
  return runWithContext({ fields }, () => time(() => log.info('order read')));
}
