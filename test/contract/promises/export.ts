/** Export: an error leaves the process once, and only if the service is to blame. */
import { expect, it } from 'vitest';
import { type Cell, get } from '../cell.js';
import { OutOfStock, takeFromShelf } from '../out-of-stock.js';
import { startSink } from '../sink.js';
import { type Service, start } from '../start.js';

/** An error for which the caller is to blame, as the frameworks know them. */
function refusal(): Error {
  return Object.assign(new Error('no such size'), { status: 422, statusCode: 422, expose: true });
}

export function promiseExport(cell: Cell): void {
  it('exports a thrown error once, with the context of its request', async () => {
    const sink = await startSink();
    const service = await start(cell, { exporters: [sink.exporter], routes: [get('/orders/:id', takeFromShelf)] });
    await service.send({ path: '/orders/7', headers: { 'x-request-id': 'demo-1' } });
    await service.finish();
    await service.observability.flush({ timeoutMs: 5000 });
    expect(sink.records).toHaveLength(1);
    expect(JSON.stringify(sink.records)).toMatch(/(?=.*no more of 7)(?=.*takeFromShelf)(?=.*demo-1)/);
  });

  it('exports an error once that the application logged before it threw it', async () => {
    const sink = await startSink();
    const service: Service = await start(cell, {
      exporters: [sink.exporter],
      routes: [
        get('/', () => {
          const error = new OutOfStock('no more of 7');
          service.log.error(error);
          throw error;
        }),
      ],
    });
    const { id } = await service.send('/');
    expect((await service.finish()).lines).toMatchObject([
      { logger: 'orders', level: 'error', request_id: id },
      { msg: 'request errored', request_id: id },
    ]);
    await service.observability.flush({ timeoutMs: 5000 });
    expect(sink.records).toHaveLength(1);
  });

  it('exports an error once that the application logged before it answered 500 itself', async () => {
    const sink = await startSink();
    const service: Service = await start(cell, {
      exporters: [sink.exporter],
      routes: [
        get('/', () => {
          service.log.error(new OutOfStock('no more of 7'), 'order failed');
          return { status: 500, body: 'sorry' };
        }),
      ],
    });
    const { id } = await service.send('/');
    expect((await service.finish()).lines).toMatchObject([
      { msg: 'order failed', level: 'error', request_id: id },
      { msg: 'request errored', status: 500, err: { message: 'no more of 7' }, request_id: id },
    ]);
    await service.observability.flush({ timeoutMs: 5000 });
    expect(sink.records).toHaveLength(1);
  });

  it('logs an error that is the fault of the caller at warn, and exports none', async () => {
    const sink = await startSink();
    const service = await start(cell, {
      exporters: [sink.exporter],
      routes: [
        get('/', () => {
          throw refusal();
        }),
      ],
    });
    const { status, id } = await service.send('/');
    expect(status).toBe(422);
    expect((await service.finish()).lines).toMatchObject([{ level: 'warn', status: 422, request_id: id }]);
    await service.observability.flush({ timeoutMs: 5000 });
    expect(sink.records).toEqual([]);
  });
}
