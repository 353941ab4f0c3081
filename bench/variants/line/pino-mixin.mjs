/** pino with a mixin that reads the fields from an AsyncLocalStorage. */
import { AsyncLocalStorage } from 'node:async_hooks';
import pino from 'pino';

export function run(time, fields) {
  const storage = new AsyncLocalStorage();
  const log = pino({ mixin: () => storage.getStore() });
  return storage.run(fields, () => time(() => log.info('order read')));
}
