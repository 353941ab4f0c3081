/** The first request of a process: Express's prototypes are as Express made them until requestContext() has seen one. */
import { createObservability } from '@throughline/core';
import { requestContext } from '@throughline/express';
import express from 'express';
import supertest from 'supertest';
import { expect, it } from 'vitest';

it('is seen to its end, although middleware before it kept the methods of its response', async () => {
  const lines: unknown[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const observability = createObservability({ isolated: true, exporters: [], log: { destination } });
  const app = express();
  app.use((_req, res, next) => {
    const emit = res.emit.bind(res);
    res.emit = (...event: Parameters<typeof emit>) => emit(...event);
    next();
  });
  app.use(requestContext({ observability }), (_req, res) => void res.end());
  await supertest(app).get('/first');
  await supertest(app).get('/second');
  expect(lines).toMatchObject([{ path: '/first' }, { path: '/second' }]);
});
