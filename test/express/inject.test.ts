/** Tools that send requests without a port put a request of their own below that of Express. */
import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createObservability } from '@throughline/core';
import { requestContext } from '@throughline/express';
import express from 'express';
import supertest from 'supertest';
import { expect, it } from 'vitest';

it('names the route of such a request, and leaves all other objects alone', async () => {
  const lines: unknown[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const observability = createObservability({ isolated: true, exporters: [], log: { destination } });
  const app = express().use(requestContext({ observability }));
  app.get('/orders/:id', (_req, res) => void res.send('fine'));
  const theirs = Object.create(
    Readable.prototype,
    Object.getOwnPropertyDescriptors(IncomingMessage.prototype),
  ) as object;
  Object.setPrototypeOf(Object.getPrototypeOf(app.request) as object, theirs);

  await supertest(app).get('/orders/7').expect(200);
  expect('route' in {}).toBe(false);
  expect(lines).toMatchObject([{ route: '/orders/:id' }]);
});
