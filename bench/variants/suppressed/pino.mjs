/** pino, whose calls below the level are empty functions. */
import pino from 'pino';

export function run(time) {
  const log = pino();
  return time(() => log.debug({ order_id: 7 }, 'order read'));
}
