/** Payments: charges the customer's card at the bank. Nest. */
import { createObservability, getLogger } from '@throughline/core';
import { errorHandler, health, requestContext } from '@throughline/express';
import express from 'express';
import { bank } from './demo-data.js';
import { setting } from './setting.js';

const logger = getLogger('charges');

/** What an HTTP client throws: it knows all about the request, the secrets included. */
class BankError extends Error {
  override readonly name = 'BankError';
  readonly config = {
    url: `https://shop:${bank.password}@bank.example/charges`,
    headers: { Authorization: `Bearer ${bank.token}` },
  };
}
const observability = createObservability();
const app = express();
app.use(requestContext({ user: ({ headers }) => headers['x-user-id'] }));
app.use('/api', health());
app.post('/charges', express.json(), (req, res) => {
  const { sku, card } = req.body;
    if (sku === 'broken' || card === 'declined') throw new BankError(`the bank declined the card of ${bank.payer}`);
    logger.info({ sku }, 'card charged');
    res.json({ state: 'charged' });
});
app.use(errorHandler());
const server = app.listen(Number(setting('PORT')), '127.0.0.1');
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => server.close(() => void observability.close()));
}
