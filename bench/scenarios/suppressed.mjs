/** Suppressed: what a call below the level takes. */
import { nsPerCall } from '../runner/calls.mjs';

export const suppressed = {
  name: 'suppressed',
  title: 'A log call below the level',
  rounds: 5,
  variants: ['pino', 'throughline', 'throughline-in-context', 'throughline-flight-recorder'],
  packages: ['pino'],
  columns: [{ key: 'ns', name: 'ns', digits: 1 }],
};

export function run(variant, isSmoke) {
  return { ns: variant.run((call) => nsPerCall(call, isSmoke)) };
}
