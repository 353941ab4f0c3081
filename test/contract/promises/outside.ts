/** Outside of requests: every function can be called, and does nothing that would surprise. */
import {
  bindContext,
  extractContext,
  getContext,
  getRequestId,
  injectContext,
  runOutsideContext,
  runWithContext,
  setContext,
  setUser,
  withContext,
} from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get } from '../cell.js';
import { type Service, start } from '../start.js';

/** Calls everything that is made for requests, and tells what came of it. */
function callEverything(service: Service): unknown {
  setUser({ id: '42' });
  setContext({ order_id: 7 });
  service.log.info('outside');
  return {
    context: getContext(),
    id: getRequestId(),
    injected: injectContext({ accept: '*/*' }),
    extracted: extractContext({}),
    shadowed: withContext({ item: 'a' }, () => 'shadowed'),
    bound: bindContext((word: string) => word)('bound'),
    outside: runOutsideContext(() => 'outside'),
  };
}

const nothing = {
  context: undefined,
  id: undefined,
  injected: { accept: '*/*' },
  extracted: {},
  shadowed: 'shadowed',
  bound: 'bound',
  outside: 'outside',
};

export function promiseOutside(cell: Cell): void {
  it('does nothing and never throws outside of a request, before and after one', async () => {
    const service = await start(cell, { routes: [get('/', () => ({ body: 'fine' }))] });
    expect(callEverything(service)).toEqual(nothing);
    await service.send('/');
    expect(callEverything(service)).toEqual(nothing);
    const outside = (await service.finish()).lines.filter(({ msg }) => msg === 'outside');
    expect(outside).toHaveLength(2);
    for (const line of outside) {
      for (const field of ['request_id', 'user_id', 'order_id']) expect(line).not.toHaveProperty(field);
    }
  });

  it('gives work that a request starts for itself an id of its own', async () => {
    const service: Service = await start(cell, {
      routes: [
        get('/', () => {
          runWithContext({ requestId: 'task-1' }, () => service.log.info('task'));
          service.log.info('request');
          return { body: 'fine' };
        }),
      ],
    });
    const { id } = await service.send('/');
    const [task, request] = (await service.finish()).lines;
    expect(task).toMatchObject({ msg: 'task', request_id: 'task-1' });
    expect(task).not.toHaveProperty('method');
    expect(request).toMatchObject({ msg: 'request', request_id: id, method: 'GET' });
  });
}
