/** Loses nothing: what every framework promises of a service that is told to end under load. */
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { Doomed, type Ending } from './doomed.js';
import { Caller } from './traffic.js';

const apps = fileURLToPath(new URL('apps', import.meta.url));

/** Starts an application of these tests on the framework of a workspace. */
export function startOn(workspace: string, app: string, options: object = {}, delayMs = 3000): Promise<Doomed> {
  const args = ['--import', join(apps, 'framework-of-major.mjs'), join(apps, `${app}.mjs`)];
  const env = { FRAMEWORK_WORKSPACE: workspace, THROUGHLINE_SHUTDOWN_DELAY_MS: String(delayMs), NODE_NO_WARNINGS: '1' };
  return Doomed.start(options, args, env);
}

/** Ends the service under load, and holds it to losing nothing. */
export async function expectNothingLost(doomed: Doomed): Promise<Ending> {
  const clients = new Caller(doomed, '/work', 200, new Agent({ keepAlive: true, maxSockets: 20 }));
  const live = new Caller(doomed, '/api/health/live', 20);
  const ready = new Caller(doomed, '/api/health/ready', 20);
  await clients.until(100);
  const killedAtMs = performance.now();
  doomed.kill();
  // A load balancer notices, and needs a while to stop sending.
  await ready.until(1, ({ status }) => status === 503);
  const unreadyAfterMs = performance.now() - killedAtMs;
  await clients.until(20, ({ isLate }) => isLate);
  // A busy machine does not get to 100 of them before the delay is over.
  await Promise.race([clients.until(100, ({ isLate }) => isLate), delay(500)]);
  const [served, alive, taking] = await Promise.all([clients.stop(), live.stop(), ready.stop()]);

  expect(served.filter(({ status }) => status !== 200)).toEqual([]);
  const late = served.filter(({ isLate }) => isLate);
  expect(late.filter(({ connection }) => connection !== 'close')).toEqual([]);
  expect(alive.filter(({ status }) => status !== 200)).toEqual([]);
  expect(taking.filter(({ isLate, status }) => isLate && status !== 503)).toEqual([]);
  // 100 ms is the promise; a machine that is busy with other things shows it in all answers, and is given that much more.
  const slowestMs = Math.max(...[...served, ...alive, ...taking].map(({ durationMs }) => durationMs));
  expect(unreadyAfterMs).toBeLessThan(100 + 2 * slowestMs);

  const ending = await doomed.ended;
  expect(doomed.counts()).toMatchObject({ cut: 0 });
  expect(doomed.stderr).toBe('');
  const order = doomed.lines.map(({ say, msg }) => msg ?? say).filter((word) => typeof word === 'string');
  const expected = ['shutdown begins', 'pool ended', 'shutdown complete'];
  expect(order.filter((word) => expected.includes(word))).toEqual(expected);
  return ending;
}
