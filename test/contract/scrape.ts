/** Scrape: what a scraper reads, as values by series. */
import { expect } from 'vitest';
import type { Service } from './start.js';

/** Values by series, such as `http_requests_total{method="GET",route="/",status_code="200"}`. */
export type Series = Readonly<Record<string, number>>;

/** Reads the metrics of a service in Prometheus's own format; only those whose name begins like this. */
export async function scrape(service: Service, prefix = ''): Promise<Series> {
  const { status, body } = await service.send('/metrics');
  expect(status).toBe(200);
  return seriesIn(body, prefix);
}

/** The values in a text; fails on a series that stands there twice. */
export function seriesIn(text: string, prefix = ''): Series {
  const lines = text.split('\n').filter((line) => line.startsWith(prefix) && line !== '' && !line.startsWith('#'));
  const entries = lines.map((line): [string, number] => {
    const [value = ''] = /(?<=^[^ {]+(\{.*\})? )\S+/.exec(line) ?? [];
    return [line.slice(0, line.indexOf(` ${value}`)), Number(value)];
  });
  expect(new Set(entries.map(([name]) => name)).size).toBe(entries.length);
  return Object.fromEntries(entries);
}

/** A series of the request metrics. */
export function requestSeries(name: string, method: string, route: string, status: number): string {
  return `${name}{method="${method}",route="${route}",status_code="${status}"}`;
}
