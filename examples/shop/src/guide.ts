/** Guide: what to do with the running shop, to be pasted into a terminal. */
import { customerToken } from './demo-data.js';
import type { ShopUrls } from './shop.js';

export function guide({ gateway, inventory, payments, control, sink }: ShopUrls): string {
  return `
The shop is open.
  gateway    ${gateway}  Express, its access line by pino-http
  inventory  ${inventory}  Koa, with Postgres
  payments   ${payments}  Nest
  control    ${control}  stops and starts Postgres
  sink       ${sink}  takes errors as OpenObserve and OTLP do; open it to see them

1. One id through three services:
${order(gateway, 'demo-1', { sku: 'apple', quantity: 2 })}

2. An order that fails; its errors arrive in the sink:
${order(gateway, 'demo-2', { sku: 'broken', quantity: 1 })}

3. Health turns 503 without Postgres, and comes back:
curl -X POST ${control}/postgres/stop; curl -i ${gateway}/api/health; curl -X POST ${control}/postgres/start; curl -i ${gateway}/api/health

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
