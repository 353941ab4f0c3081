/** Flood: 10,000 unknown paths, 5,000 tenants and 1,000 odd methods, and what they may leave in the metrics. */
import { Agent, request } from 'node:http';
import { scrape, type Series } from './scrape.js';
import type { Service } from './start.js';

/** Methods that Node reads and nobody should count by name. */
const odd = ['ACL', 'BIND', 'CHECKOUT', 'COPY', 'LOCK', 'MERGE', 'MKCOL', 'PROPFIND', 'PURGE', 'SEARCH', 'UNLOCK'];

/** Longest time it may take, in milliseconds: a machine may have other things to do as well. */
export const floodTimeoutMs = 240_000;

/** What is counted after a flood. */
export const counted: Series = {
  'http_requests_total{method="GET",route="unmatched"}': 10_000,
  'http_requests_total{method="GET",route="/tenants/:tid/orders",status_code="200"}': 5000,
  'http_requests_total{method="_OTHER",route="unmatched"}': 1000,
};

/**
 * Floods a service that answers `GET /tenants/:tid/orders` with 200.
 *
 * @returns The requests that were counted, without the status of those that nobody serves.
 */
export async function flood(service: Service): Promise<Series> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const ask = (method: string, path: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const asked = request({ port: service.port, host: '127.0.0.1', method, path, agent }, (res) =>
        res.resume().once('end', resolve),
      );
      asked.once('error', reject).end();
    });
  const paths = Array.from(
    { length: 10_000 },
    () => ['GET', `/${Math.random().toString(36)}/${Math.random()}.php`] as const,
  );
  const tenants = Array.from({ length: 5000 }, (_, at) => ['GET', `/tenants/tenant-${at}/orders`] as const);
  const methods = Array.from({ length: 1000 }, (_, at) => [odd[at % odd.length] ?? '', '/tenants/1/orders'] as const);
  await Promise.all([...paths, ...tenants, ...methods].map(([method, path]) => ask(method, path)));
  agent.destroy();
  const counts = Object.entries(await scrape(service, 'http_requests_total'));
  // Frameworks differ in how they refuse a method.
  const byRoute = counts.map(([name, count]) => [name.replace(/,status_code="(404|405|501)"/, ''), count]);
  return Object.fromEntries(byRoute) as Series;
}
