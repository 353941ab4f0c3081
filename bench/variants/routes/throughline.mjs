/** Throughline with metrics. */
import { createObservability, getLogger } from '@throughline/core';
import { metrics, requestContext } from '@throughline/express';
import express from 'express';
import { addRoutes } from './orders.mjs';

export function createListener(count) {
  createObservability({ exporters: [] });
  const log = getLogger('orders');
  const app = express().use(requestContext()).use(metrics());
  return addRoutes(app, count, () => log.info('order read'));
}
