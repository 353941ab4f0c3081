/** Line: what one log line takes, and how that grows with the fields of the context. */
import { nsPerCall } from '../runner/calls.mjs';

const sizes = [1, 6, 10, 100];

export const line = {
  name: 'line',
  title: 'One log line, ns of the processor, by the number of fields in the context',
  rounds: 5,
  variants: [
    'pino-plain',
    'pino-call',
    'pino-child',
    'pino-mixin',
    'pino-child-each',
    'throughline-outside',
    'throughline',
    'throughline-each',
  ],
  packages: ['pino'],
  columns: sizes.map((size) => ({ key: size, name: size === 1 ? '1 field' : `${size} fields`, digits: 0 })),
  compare: { by: 6, to: ['pino-plain'] },
};

export function run(variant, isSmoke) {
  const time = (call) => nsPerCall(call, isSmoke);
  return Object.fromEntries(sizes.map((size) => [size, variant.run(time, fields(size))]));
}

/** Ids and small values, as contexts have them. */
function fields(size) {
  const entries = Array.from({ length: size }, (_, index) => [
    `field_${index}`,
    index % 2 === 0 ? `value-${index}-4f6a9c` : index * 1_001,
  ]);
  return Object.fromEntries(entries);
}
