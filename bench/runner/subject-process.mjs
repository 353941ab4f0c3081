/** Subject process: loads one variant, and answers what the runner asks about it. */
import { once } from 'node:events';

const [, , name] = process.argv;
const load = () => import(`../variants/${name}.mjs`);

const answers = {
  /** Serves the variant's request listener; the port, and what starting took. */
  async listen(...given) {
    const { createListener } = await load();
    const listener = await createListener(...given);
    const { createServer } = await import('node:http');
    const server = createServer(listener).listen(0, '127.0.0.1', 16_384);
    await once(server, 'listening');
    return { port: server.address().port, cpuUs: cpuUs(), wallMs: performance.now() };
  },
  /** Has a scenario measure the variant in here. */
  async run(scenario, isSmoke) {
    const { run } = await import(`../scenarios/${scenario}.mjs`);
    return run(await load(), isSmoke);
  },
  cpuUs,
  hold,
  memory() {
    for (let time = 0; time < 3; time++) globalThis.gc();
    return process.memoryUsage();
  },
};

/** Resolves once that many responses are ready and have been kept from being sent: requests in flight. */
async function hold(count) {
  const { ServerResponse } = await import('node:http');
  return new Promise((resolve) => {
    let held = 0;
    ServerResponse.prototype.end = function end() {
      if (++held === count) resolve(held);
      return this;
    };
  });
}

function cpuUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

process.on('message', ({ question, args }) => {
  Promise.resolve()
    .then(() => answers[question](...args))
    .then(
      (answer) => reply({ answer }),
      (error) => reply({ failure: error?.stack ?? String(error) }),
    );
});
process.on('disconnect', () => process.exit());

/** To a runner that is gone nothing is said. */
function reply(message) {
  process.send(message, () => undefined);
}
