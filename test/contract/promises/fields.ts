/** Fields of the context: for the whole request, or for one branch of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { getContext, setContext, withContext } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get } from '../cell.js';
import { type Service, start } from '../start.js';

export function promiseFields(cell: Cell): void {
  it('puts what setContext says on every later line, the access line included', async () => {
    const service: Service = await start(cell, {
      routes: [
        get('/', async () => {
          service.log.info('before');
          await Promise.resolve().then(() => setContext({ order_id: 7 }));
          service.log.info('after');
          return { body: getContext()?.fields ?? {} };
        }),
      ],
    });
    expect(await service.send('/')).toMatchObject({ body: '{"order_id":7}' });
    const [before, after, access] = (await service.finish()).lines;
    expect(before).not.toHaveProperty('order_id');
    expect(after).toMatchObject({ msg: 'after', order_id: 7 });
    expect(access).toMatchObject({ msg: 'request completed', order_id: 7 });
  });

  it('shadows fields in each of two parallel branches, and for them alone', async () => {
    const service: Service = await start(cell, {
      routes: [
        get('/', async () => {
          const branch = (item: string): Promise<void> =>
            withContext({ item }, async () => {
              await delay(1);
              service.log.info(`in ${item}`);
              await delay(1);
              service.log.info(`still in ${item}`);
            });
          await Promise.all([branch('a'), branch('b')]);
          service.log.info('joined');
          return { body: 'fine' };
        }),
      ],
    });
    await service.send('/');
    const { lines } = await service.finish();
    const items = Object.fromEntries(lines.map(({ msg, item }) => [msg, item]));
    expect(items).toEqual({
      'in a': 'a',
      'in b': 'b',
      'still in a': 'a',
      'still in b': 'b',
      joined: undefined,
      'request completed': undefined,
    });
  });
}
