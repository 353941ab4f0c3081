/** The user: known from authentication on, wherever that leaves it. */
import { getContext, setUser } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get, type Setup } from '../cell.js';
import { type Service, start } from '../start.js';

/** Starts a service that logs before and after its authentication. */
async function startSignIn(cell: Cell, setup: Partial<Setup>): Promise<Service> {
  const service: Service = await start(cell, {
    ...setup,
    after: [(_req, _res, next) => (service.log.info('before'), next())],
    routes: [
      get('/', async () => {
        await Promise.resolve();
        service.log.info('after');
        return { body: { user: getContext()?.user?.id } };
      }),
    ],
  });
  return service;
}

export function promiseUser(cell: Cell): void {
  it('puts a user set after authentication on later lines and on the access line', async () => {
    const authenticate = async (): Promise<void> => {
      await Promise.resolve();
      setUser({ id: 42, email: 'ann@example.org' });
    };
    const service = await startSignIn(cell, { authenticate });
    expect(await service.send('/')).toMatchObject({ body: '{"user":"42"}' });
    const { lines } = await service.finish();
    expect(lines[0]).not.toHaveProperty('user_id');
    expect(lines.slice(1)).toMatchObject([
      { msg: 'after', user_id: '42' },
      { msg: 'request completed', user_id: '42' },
    ]);
    expect(lines.map(({ text }) => text).join('\n')).not.toContain('ann@');
  });

  it.each<[string, unknown, string]>([
    ['id', { id: 42, sub: 'not me', email: 'ann@example.org' }, '42'],
    ['sub', { sub: 'auth0|7', name: 'Ann' }, 'auth0|7'],
  ])('finds the user that authentication left, by its %s', async (_, user, id) => {
    const service = await startSignIn(cell, { authenticate: (exchange) => exchange.signIn(user) });
    await service.send('/');
    const { access } = await service.finish();
    expect(access).toMatchObject([{ user_id: id }]);
    expect(access[0]?.text).not.toMatch(/ann/i);
  });

  it('finds the user with the function given', async () => {
    const service = await startSignIn(cell, { request: { user: () => ({ id: 'support-7' }) } });
    await service.send('/');
    expect((await service.finish()).access).toMatchObject([{ user_id: 'support-7' }]);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no user');
      },
    ],
    ['finds nobody', () => undefined],
    ['finds something without an id', () => ({ name: 'Ann' })],
    ['gives a promise, even one that is rejected', () => Promise.reject(new Error('no user'))],
  ])('has no user when the function given %s', async (_, user) => {
    const service = await startSignIn(cell, { request: { user } });
    expect(await service.send('/')).toMatchObject({ status: 200 });
    const { access } = await service.finish();
    expect(access).toHaveLength(1);
    expect(access[0]).not.toHaveProperty('user_id');
  });

  it('names the user on the line of a request that fails after authentication', async () => {
    const service: Service = await start(cell, {
      authenticate: () => setUser({ id: '42' }),
      routes: [
        get('/', () => {
          throw new Error('out of stock');
        }),
      ],
    });
    await service.send('/');
    expect((await service.finish()).access).toMatchObject([{ level: 'error', user_id: '42', status: 500 }]);
  });
}
