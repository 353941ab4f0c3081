/** Request scenario: one route under a framework, bare and with what the variants put around it. */
import { cpuPerRequest, send, startServer } from './requests.mjs';
import { workDone } from './work-done.mjs';

const path = '/orders/7';

/** @param stack The variant that is replaced, to which all are compared, beside the floor written by hand. */
export function requestScenario({ stack, ...scenario }) {
  return {
    ...scenario,
    rounds: 25,
    columns: [{ key: 'cpuUs', name: 'µs', digits: 0 }],
    compare: { by: 'cpuUs', over: 'bare', to: ['floor', stack] },
    open,
    describe: (variant, setting) => workDone(variant, { path, ...setting }),
  };
}

/** A server that stays for all rounds; it has answered enough before the first that V8 has compiled. */
async function open(variant, setting) {
  const server = await startServer(variant, setting);
  const sendAll = (count) => send(server.url + path, count);
  await sendAll(setting.isSmoke ? 20 : 12_000);
  // Few, so that a round is over before V8, which collects when nothing was asked of it for some seconds, forgets its code.
  const amount = setting.isSmoke ? 20 : 1_500;
  return {
    measure: async () => ({ cpuUs: await cpuPerRequest(server, amount, sendAll) }),
    close: server.stop,
  };
}
