/** Context read: what looking up the request's id takes. */
import { nsPerCall } from '../runner/calls.mjs';

export const contextRead = {
  name: 'context-read',
  title: 'Reading the request id from the context',
  rounds: 5,
  variants: [
    'async-local-storage',
    'throughline-id',
    'throughline-context',
    'cls-rtracer',
    'express-http-context',
    'nestjs-cls',
    'cls-hooked',
  ],
  packages: ['cls-rtracer', 'express-http-context', 'nestjs-cls', 'cls-hooked'],
  columns: [{ key: 'ns', name: 'ns', digits: 1 }],
  compare: { by: 'ns', to: ['async-local-storage'] },
};

export async function run(variant, isSmoke) {
  let last;
  const time = (read) => nsPerCall(() => (last = read()), isSmoke);
  const ns = await variant.run(time);
  if (typeof last !== 'string') throw new Error(`read ${last} in place of an id`);
  return { ns };
}
