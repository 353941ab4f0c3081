/** Throughline with the flight recorder, which keeps what is below the level until it is known how the work went. */
import { createObservability, getLogger, runWithContext } from '@throughline/core';

export function run(time) {
  createObservability({ exporters: [], log: { flightRecorder: {} } });
  const log = getLogger('orders');
  return runWithContext({}, () => time(() => log.debug({ order_id: 7 }, 'order read')));
}
