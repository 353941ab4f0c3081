/** pino without any field: what it writes by itself. */
import pino from 'pino';

export function run(time) {
  const log = pino();
  return time(() => log.info('order read'));
}
