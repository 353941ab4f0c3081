import { EventEmitter } from 'node:events';
import {
  bindContext,
  getContext,
  getRequestId,
  runOutsideContext,
  runWithContext,
  setContext,
  setUser,
  withContext,
} from '@throughline/core';
import { describe, expect, it } from 'vitest';

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe('a context', () => {
  it('is started by runWithContext and seen after an await', async () => {
    await runWithContext({ requestId: 'job-7', kind: 'job', fields: { queue: 'mail' } }, async () => {
      await new Promise(setImmediate);
      expect(getContext()).toMatchObject({ requestId: 'job-7', kind: 'job', fields: { queue: 'mail' } });
    });
  });

  it.each(['', 'a b', '"quoted"', 'x'.repeat(129), 'nul\u0000', 'line\nfeed'])(
    'gets a fresh id instead of %j',
    (requestId) => {
      runWithContext({ requestId }, () => expect(getRequestId()).toMatch(uuid));
    },
  );

  it('takes a user with a numeric id and keeps the id as a text', () => {
    runWithContext({}, () => {
      setUser({ id: 42, plan: 'pro' });
      expect(getContext()?.user).toEqual({ id: '42', plan: 'pro' });
      setUser(undefined);
      expect(getContext()?.user).toBeUndefined();
    });
  });

  it('shows the id alone of its user when it is logged itself', () => {
    runWithContext({ requestId: 'r-1', user: { id: 42, email: 'ada@example.com' }, fields: { a: 1 } }, () =>
      expect(JSON.stringify(getContext())).toBe(
        '{"requestId":"r-1","kind":"task","user":{"id":"42"},"fields":{"a":1}}',
      ),
    );
  });

  it('shares setContext with the whole unit of work', async () => {
    await runWithContext({}, async () => {
      await Promise.resolve().then(() => setContext({ order_id: 7 }));
      expect(getContext()?.fields).toEqual({ order_id: 7 });
    });
  });

  it('takes a field named __proto__ for a field', () => {
    runWithContext({}, () => {
      setContext(JSON.parse('{"__proto__":{"isAdmin":true}}') as Record<string, unknown>);
      expect(getContext()?.fields['isAdmin']).toBeUndefined();
      expect(Object.keys(getContext()?.fields ?? {})).toEqual(['__proto__']);
    });
  });

  it('keeps what withContext gives to its branch, whatever its siblings do', async () => {
    const seen = await runWithContext({ fields: { step: 'all' } }, async () => {
      const branches = [1, 2, 3].map((item) =>
        withContext({ item }, async () => {
          await new Promise(setImmediate);
          setContext({ item: item * 10 });
          await new Promise(setImmediate);
          return getContext()?.fields;
        }),
      );
      return [...(await Promise.all(branches)), getContext()?.fields];
    });
    expect(seen).toEqual([
      { step: 'all', item: 10 },
      { step: 'all', item: 20 },
      { step: 'all', item: 30 },
      { step: 'all' },
    ]);
  });

  it('is handed to a callback by bindContext, with its this and its arguments', () => {
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    runWithContext({ requestId: 'bound' }, () => {
      emitter.on(
        'tick',
        bindContext(function (this: unknown, n: number) {
          seen.push(getRequestId(), this === emitter, n);
        }),
      );
    });
    runWithContext({ requestId: 'other' }, () => emitter.emit('tick', 5));
    expect(seen).toEqual(['bound', true, 5]);
  });

  it('is left by runOutsideContext', () => {
    runWithContext({}, () => {
      expect(runOutsideContext(() => getContext())).toBeUndefined();
      expect(getContext()).toBeDefined();
    });
  });

  it('takes trace ids from a valid inbound traceparent', () => {
    const traceparent = '00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01';
    runWithContext({ traceparent }, () =>
      expect(getContext()).toMatchObject({ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' }),
    );
  });

  it.each([
    'ff-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01',
    '00-00000000000000000000000000000000-eee19b7ec3c1b174-01',
    '00-5b8efff798038103d269b633813fc60c-0000000000000000-01',
    '00-5B8EFFF798038103D269B633813FC60C-eee19b7ec3c1b174-01',
    '00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01-more',
    'garbage',
  ])('takes no trace ids from %s', (traceparent) => {
    runWithContext({ traceparent }, () => expect(getContext()?.traceId).toBeUndefined());
  });
});

describe('outside a context', () => {
  it('reads nothing, changes nothing and throws nothing', () => {
    setUser({ id: '1' });
    setContext({ a: 1 });
    expect(getContext()).toBeUndefined();
    expect(getRequestId()).toBeUndefined();
    expect(withContext({ a: 1 }, () => 'done')).toBe('done');
    expect(bindContext((n: number) => n + 1)(1)).toBe(2);
  });
});
