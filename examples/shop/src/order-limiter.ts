/** Order limiter: how many orders a customer may place in a minute, counted in Redis; without Redis nobody is limited. */
import { setTimeout as delay } from 'node:timers/promises';
import { getContext, getLogger, type HealthCheck } from '@throughline/core';
import { redisCheck } from '@throughline/core/checks/redis';
import type { RequestHandler } from 'express';
import { createClient } from 'redis';
import { HttpError } from './http-error.js';

const ordersPerWindow = 60;
const windowSeconds = 60;
/** An order does not wait for longer than this to be counted. */
const patienceMs = 100;

const logger = getLogger('limiter');

export interface OrderLimiter {
  /** Optional: while Redis is down the limiter is off and orders are accepted. */
  readonly check: HealthCheck;
  readonly limit: RequestHandler;
  close(): void;
}

/** @param url Where Redis is; without one nothing is counted, and the check is switched off. */
export function createOrderLimiter(url: string | undefined): OrderLimiter {
  let isOn = url !== undefined;
  // A command must fail while Redis is away, not wait in a queue until it is back.
  const client = createClient({
    url: url ?? 'redis://127.0.0.1',
    disableOfflineQueue: true,
    socket: { reconnectStrategy: 100 },
  });
  client.on('error', () => {}); // the check tells of it, once; without a listener it would end the process
  if (isOn) void client.connect(); // tries until there is a Redis

  /** Orders in this window and what is left of it in seconds; `undefined` when Redis does not say so in time. */
  async function count(customer: string): Promise<{ orders: number; leftSeconds: number } | undefined> {
    const key = `orders:${customer}`;
    const counted = client
      .multi()
      .set(key, 0, { expiration: { type: 'EX', value: windowSeconds }, condition: 'NX' })
      .incr(key)
      .ttl(key)
      .exec()
      .catch(() => undefined);
    const answer = await Promise.race([counted, delay(patienceMs, undefined)]);
    return answer && { orders: Number(answer[1]), leftSeconds: Number(answer[2]) };
  }

  const limit: RequestHandler = async (_req, res, next) => {
    const customer = getContext()?.user?.id;
    const counted = isOn && customer ? await count(customer) : undefined;
    if (counted && counted.orders > ordersPerWindow) {
      res.set('retry-after', String(counted.leftSeconds));
      throw new HttpError(429, `no more than ${ordersPerWindow} orders in ${windowSeconds} s`);
    }
    next();
  };

  const check = redisCheck(client, {
    required: false,
    enabled: url !== undefined,
    onDown() {
      isOn = false;
      logger.warn('orders are not limited while Redis is away');
    },
    onUp() {
      isOn = true;
      logger.info('orders are limited again');
    },
  });
  return { check, limit, close: () => client.destroy() };
}
