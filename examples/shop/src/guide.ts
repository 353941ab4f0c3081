/** Guide: what to do with the running shop, to be pasted into a terminal. */
import { customerToken } from './demo-data.js';
import type { ShopUrls } from './shop.js';

/** @param hasRedis Whether Redis is there to be stopped. */
export function guide({ gateway, inventory, payments, control, sink }: ShopUrls, hasRedis: boolean): string {
  const databases = hasRedis ? 'Postgres and Redis' : 'Postgres';
  const outage = (name: string): string =>
    `curl -X POST ${control}/${name}/stop; curl -i ${gateway}/api/health; curl -X POST ${control}/${name}/start; sleep 1; curl -i ${gateway}/api/health`;
  const withoutRedis = hasRedis
    ? `Without Redis it is degraded, with 200; orders are still accepted, and not limited any more:\n${outage('redis')}`
    : 'Redis is optional, and redis-server is not installed: orders are not limited, health says "redis":"disabled".';
  return `
The shop is open.
  gateway    ${gateway}  Express, its access line by pino-http
  inventory  ${inventory}  Koa, with Postgres
  payments   ${payments}  Nest
  control    ${control}  stops and starts ${databases}
  sink       ${sink}  takes errors as OpenObserve and OTLP do; open it to see them

1. One id through three services:
${order(gateway, 'demo-1', { sku: 'apple', quantity: 2 })}

2. An order that fails; its errors arrive in the sink:
${order(gateway, 'demo-2', { sku: 'broken', quantity: 1 })}

3. Health turns 503 without Postgres, and comes back:
${outage('postgres')}

4. ${withoutRedis}

Ctrl-C closes the shop.
`;
}

function order(gateway: string, requestId: string, body: object): string {
  const headers = [
    `X-Request-Id: ${requestId}`,
    `Authorization: Bearer ${customerToken}`,
    'Content-Type: application/json',
  ];
  const options = headers.map((header) => `-H '${header}'`).join(' ');
  return `curl -i ${options} -d '${JSON.stringify(body)}' ${gateway}/orders`;
}
