/** pino with a child logger that has the fields, made once. */
import pino from 'pino';

export function run(time, fields) {
  const log = pino().child(fields);
  return time(() => log.info('order read'));
}
