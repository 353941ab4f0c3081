/** The trace: the caller's is on every line, and goes on to the next service. */
import { injectContext } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get } from '../cell.js';
import { type Service, start } from '../start.js';

export function promiseTrace(cell: Cell): void {
  it('joins the trace of the caller, and passes it on with the id', async () => {
    const service: Service = await start(cell, {
      routes: [get('/', () => (service.log.info('called'), { body: injectContext({ accept: '*/*' }) }))],
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await service.send({ path: '/', headers: { traceparent, 'x-request-id': 'demo-1' } });
    expect(JSON.parse(body)).toEqual({ accept: '*/*', 'x-request-id': 'demo-1', traceparent });
    const trace = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_flags: '01' };
    expect((await service.finish()).lines).toMatchObject([trace, trace]);
  });

  it.each(['00-0-0-01', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 'nonsense'])(
    'has no trace when the caller sends traceparent %s',
    async (traceparent) => {
      const service: Service = await start(cell, {
        routes: [get('/', () => (service.log.info('called'), { body: injectContext({}) }))],
      });
      const { id, body } = await service.send({ path: '/', headers: { traceparent } });
      expect(JSON.parse(body)).toEqual({ 'x-request-id': id });
      for (const line of (await service.finish()).lines) expect(line).not.toHaveProperty('trace_id');
    },
  );
}
