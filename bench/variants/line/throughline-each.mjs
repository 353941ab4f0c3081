/** Throughline with a context made for every line, as a request that writes one line does. */
import { createObservability, runWithContext } from '@throughline/core';

export function run(time, fields) {
  const log = createObservability({ exporters: [], isolated: true }).getLogger('orders');
  const write = () => log.info('order read');
  return time(() => runWithContext({ fields }, write));
}
