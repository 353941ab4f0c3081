/** The request's own logger: its lines carry that request's context, wherever they are written. */
import { runOutsideContext } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get } from '../cell.js';
import { start } from '../start.js';

export function promiseRequestLog(cell: Cell): void {
  it("puts a logger on the framework's request that keeps the context of that request outside of it too", async () => {
    const service = await start(cell, {
      routes: [
        get('/', ({ log }) => {
          log.info('inside');
          runOutsideContext(() => log.warn({ order_id: 7 }, 'outside'));
          return {};
        }),
      ],
    });
    const { id } = await service.send('/');
    expect((await service.finish()).lines.slice(0, 2)).toMatchObject([
      { level: 'info', msg: 'inside', request_id: id, path: '/' },
      { level: 'warn', msg: 'outside', request_id: id, order_id: 7 },
    ]);
  });
}
