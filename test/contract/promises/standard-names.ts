/** Names of standards: the access line as the Elastic Common Schema and OpenTelemetry have it. */
import { setContext, setUser } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get, type RequestOptions } from '../cell.js';
import { repeatedKeys } from '../json-keys.js';
import { takeFromShelf } from '../out-of-stock.js';
import type { Line } from '../recorded.js';
import { start } from '../start.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

/** The access line of a failed request in the format. */
async function failure(cell: Cell, format: 'ecs' | 'otel'): Promise<Line> {
  const request: RequestOptions = {
    accessLog: { format, customProps: () => ({ 'user.id': 'theirs', 'fields_user.id': 'too', order_id: 2 ** 60 }) },
  };
  const service = await start(cell, {
    request,
    authenticate: () => {
      setUser({ id: 42 });
      setContext({ cart: '{"a":[1,"}"]}' });
    },
    routes: [get('/orders/:id', takeFromShelf)],
  });
  const headers = { 'user-agent': 'contract/1.0', 'x-request-id': 'demo-1', traceparent: `00-${traceId}-${spanId}-01` };
  await service.send({ path: '/orders/7', headers });
  const { lines } = await service.finish();
  expect(lines).toHaveLength(1);
  const [line] = lines as [Line];
  expect(repeatedKeys(line.text)).toEqual([]);
  return line;
}

const asTheyWere = {
  'fields_user.id': 'theirs',
  'fields_fields_user.id': 'too',
  order_id: 2 ** 60,
  cart: '{"a":[1,"}"]}',
  trace_flags: '01',
};
/** What our own line calls them. */
const ourNames = new Set(
  'level time msg logger service env version request_id method path user_id route status duration_ms bytes client_ip user_agent err'.split(
    ' ',
  ),
);
const stack = expect.stringContaining('takeFromShelf');

export function promiseStandardNames(cell: Cell): void {
  it("writes the Elastic Common Schema's names in the format 'ecs'", async () => {
    const { text, ...line } = await failure(cell, 'ecs');
    expect(line).toMatchObject({
      '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      'log.level': 'error',
      message: 'request errored',
      'ecs.version': '8.11.0',
      'log.logger': 'http',
      'service.name': 'cell',
      'service.environment': 'test',
      'service.version': '1.0.0',
      'http.request.id': 'demo-1',
      'http.request.method': 'GET',
      'url.path': '/orders/7',
      'user.id': '42',
      'trace.id': traceId,
      'span.id': spanId,
      'http.route': '/orders/:id',
      'http.response.status_code': 500,
      'event.outcome': 'failure',
      'event.duration': expect.any(Number),
      'http.response.body.bytes': expect.any(Number),
      'client.ip': '127.0.0.1',
      'user_agent.original': 'contract/1.0',
      'error.type': 'OutOfStock',
      'error.message': 'no more of 7',
      'error.stack_trace': stack,
      ...asTheyWere,
    });
    expect(Object.keys(line).filter((name) => ourNames.has(name))).toEqual([]);
    expect(text).toMatch(/^\{"@timestamp":"[^"]+","log.level":"error","message":"request errored","ecs.version":/);
    expect(Number.isInteger(line['event.duration'])).toBe(true);
  });

  it("writes the names of OpenTelemetry's conventions in the format 'otel'", async () => {
    const { text: _, ...line } = await failure(cell, 'otel');
    expect(line).toMatchObject({
      time: expect.any(String),
      level: 'error',
      msg: 'request errored',
      request_id: 'demo-1',
      trace_id: traceId,
      span_id: spanId,
      'otel.scope.name': 'http',
      'service.name': 'cell',
      'deployment.environment.name': 'test',
      'service.version': '1.0.0',
      'http.request.method': 'GET',
      'url.path': '/orders/7',
      'user.id': '42',
      'http.route': '/orders/:id',
      'http.response.status_code': 500,
      'http.server.request.duration': expect.any(Number),
      'http.response.body.size': expect.any(Number),
      'client.address': '127.0.0.1',
      'user_agent.original': 'contract/1.0',
      'exception.type': 'OutOfStock',
      'exception.message': 'no more of 7',
      'exception.stacktrace': stack,
      ...asTheyWere,
    });
    expect(Object.keys(line).filter((name) => ourNames.has(name))).toEqual(['level', 'time', 'request_id', 'msg']);
    expect(line['http.server.request.duration']).toBeLessThan(10);
  });
}
