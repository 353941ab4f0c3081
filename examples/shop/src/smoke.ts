/** Smoke test: opens the shop and holds it to its promises, one line for each. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bank, customerToken } from './demo-data.js';
import { inTime, patienceMs } from './in-time.js';
import { OpenedShop } from './opened-shop.js';
import { until } from './until.js';

const folder = await mkdtemp(join(tmpdir(), 'throughline-smoke-'));
await chmod(folder, 0o755); // Postgres may run as another user
const shop = new OpenedShop(folder);

const received = async (): Promise<string> => (await fetch(shop.url('sink'))).text();

interface Health {
  readonly status: string;
  readonly db: string;
  readonly redis: string;
}

async function health(): Promise<[httpStatus: number, Health]> {
  const response = await fetch(`${shop.url('gateway')}/api/health`);
  const { status, db, redis } = (await response.json()) as Health;
  return [response.status, { status, db, redis }];
}

async function control(database: 'postgres' | 'redis', action: 'start' | 'stop'): Promise<number> {
  const response = await fetch(`${shop.url('control')}/${database}/${action}`, { method: 'POST' });
  return response.status;
}

/** What health says of Redis when nothing is wrong with it. */
const redisIs = (): string => (shop.hasRedis() ? 'ok' : 'disabled');

/** Orders until one is refused, or as many as no limit allows. */
async function statusesOfManyOrders(): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (let at = 0; at < 200 && !statuses.has(429); at += 20) {
    const orders = Array.from({ length: 20 }, () => shop.order(`flood-${at}`, { sku: 'apple', quantity: 1 }));
    for (const { status } of await Promise.all(orders)) statuses.add(status);
  }
  return statuses;
}

const promises: Readonly<Record<string, () => Promise<void>>> = {
  'opens within 20 seconds': () => inTime(20_000, () => shop.isOpen()),

  'answers an order with its request id': async () => {
    const response = await shop.order('demo-1', { sku: 'apple', quantity: 2 });
    assert.deepEqual([response.status, response.headers.get('x-request-id')], [201, 'demo-1']);
  },

  'has that id in the log lines of three services': async () => {
    const services = ['gateway', 'inventory', 'payments'];
    await until(patienceMs, () => shop.servicesThatLogged('demo-1').length === services.length);
    assert.deepEqual(shop.servicesThatLogged('demo-1'), services);
  },

  'answers a failing order with 500 and its request id, and nothing of the error': async () => {
    const response = await shop.order('demo-2', { sku: 'broken', quantity: 1 });
    assert.equal(response.status, 500);
    assert.deepEqual(await response.json(), { error: 'Internal Server Error', request_id: 'demo-2' });
  },

  'has its errors in the sink within a second, with request id, user id and stack': async () => {
    const shown = (): string => shop.output.filter((line) => line.startsWith('sink')).join('\n');
    const arrived = /ERROR of payments: .*\n.* request demo-2, user 42\n.* BankError: .*\n.* at /;
    await inTime(1_000, () => arrived.test(shown()) && /ERROR of gateway: /.test(shown()));
  },

  'lets no password, token or e-mail address into the sink': async () => {
    const bodies = await received();
    for (const secret of [bank.password, bank.token, bank.payer, customerToken]) assert(!bodies.includes(secret));
  },

  'writes no password or token on a log line': async () => {
    const lines = shop.logLines.join('\n');
    for (const secret of [bank.password, bank.token, customerToken]) assert(!lines.includes(secret));
  },

  'is healthy': async () => assert.deepEqual(await health(), [200, { status: 'healthy', db: 'ok', redis: redisIs() }]),

  'takes many orders at once, which open connections': async () => {
    const orders = Array.from({ length: 20 }, (_, at) => shop.order(`many-${at}`, { sku: 'apple', quantity: 1 }));
    for (const { status } of await Promise.all(orders)) assert.equal(status, 201);
  },

  'limits the orders of a customer, where Redis counts them': async () => {
    assert(shop.hasRedis() || !process.env['CI'], 'redis-server is not installed; CI leaves nothing out');
    assert.deepEqual(await statusesOfManyOrders(), new Set(shop.hasRedis() ? [201, 429] : [201]));
  },

  'is degraded with 200 without Redis, and accepts orders without a limit': async () => {
    assert.equal(await control('redis', 'stop'), shop.hasRedis() ? 200 : 409);
    if (!shop.hasRedis()) return;
    await until(patienceMs, async () => (await health())[1].redis === 'down');
    assert.deepEqual(await health(), [200, { status: 'degraded', db: 'ok', redis: 'down' }]);
    assert.deepEqual(await statusesOfManyOrders(), new Set([201]));
  },

  'limits orders again once Redis is back': async () => {
    if (!shop.hasRedis()) return;
    await control('redis', 'start');
    await until(patienceMs, async () => (await health())[1].redis === 'ok');
    assert.deepEqual(await statusesOfManyOrders(), new Set([201, 429]));
  },

  'turns 503 with "db":"down" when Postgres stops': async () => {
    assert.equal(await control('postgres', 'stop'), 200);
    assert.deepEqual(await health(), [503, { status: 'unhealthy', db: 'down', redis: redisIs() }]);
  },

  'tells of lost connections without the id of the request that opened them': async () => {
    const lost = (): string[] => shop.logLines.filter((line) => line.includes('connection lost'));
    await until(patienceMs, () => lost().length > 0);
    for (const line of lost()) assert(!line.includes('request_id'));
  },

  'comes back with Postgres': async () => {
    await control('postgres', 'start');
    await until(patienceMs, async () => (await health())[1].db === 'ok');
    assert.deepEqual(await health(), [200, { status: 'healthy', db: 'ok', redis: redisIs() }]);
  },

  'ends on Ctrl-C within 3 seconds, with exit code 0 and nothing left behind': async () => {
    let exitCode: number | null = null;
    await inTime(3_000, async () => {
      exitCode = await shop.close(patienceMs);
      return true;
    });
    assert.equal(exitCode, 0);
    assert.deepEqual(await readdir(folder), []);
  },
};

try {
  for (const [promise, keep] of Object.entries(promises)) {
    await keep().catch((error: unknown) => {
      throw new Error(`BROKEN ${promise}`, { cause: error });
    });
    console.log(`kept   ${promise}`);
  }
} catch (error) {
  console.log(shop.output.join('\n'));
  console.error(error);
  process.exitCode = 1;
  await shop.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
