/** pino with the fields given to each call. */
import pino from 'pino';

export function run(time, fields) {
  const log = pino();
  return time(() => log.info(fields, 'order read'));
}
