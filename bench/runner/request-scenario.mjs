/** Request scenario: one route under a framework, bare and with what the variants put around it. */
import { requestCost } from './requests.mjs';
import { workDone } from './work-done.mjs';

const path = '/orders/7';

/** @param stack The variant that is replaced, to which all are compared, beside the floor written by hand. */
export function requestScenario({ stack, ...scenario }) {
  return {
    ...scenario,
    rounds: 5,
    columns: [{ key: 'cpuUs', name: 'µs', digits: 0 }],
    compare: { by: 'cpuUs', over: 'bare', to: ['floor', stack] },
    measure: (variant, setting) => requestCost(variant, { path, ...setting }),
    describe: (variant, setting) => workDone(variant, { path, ...setting }),
  };
}
