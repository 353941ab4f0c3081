// An application that does not come up without its database; run as a process of its own.
import { once } from 'node:events';
import { connect } from 'node:net';
import { createObservability } from '@throughline/core';

const how = process.argv[2];
const target = 'postgres://shop:hunter2@127.0.0.1:1/shop';

/** Fails as drivers do, with the whole URL in the message. */
async function closedPort() {
  const socket = connect(1, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } catch (error) {
    throw Object.assign(error, { message: `${error.message} (${target})` });
  }
}

let attempts = 0;
// Once, so that it is no question of time whether an attempt hears of it.
const refusal = await closedPort().catch((error) => error);
const probes = {
  refuses: () => Promise.reject(refusal),
  hangs: () => new Promise(() => {}),
  'comes up late': () => (++attempts < 3 ? Promise.reject(refusal) : undefined),
};

const observability = createObservability({
  exporters: [],
  log: { level: 'silent' },
  health: { checks: { db: { probe: probes[how], target, effects: { startup: 'refuse' } } } },
});
await observability.ready({ timeoutMs: how === 'comes up late' ? 30_000 : 700 });
process.stdout.write(`up after ${attempts} attempts`);
