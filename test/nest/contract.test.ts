/** The adapter contract on Nest, on both of its platforms. */
import { inject } from 'vitest';
import { describeAdapter } from '../contract/adapter.js';
import { startApp } from './app.js';
import { onExpress, onFastify } from './platform.js';

describeAdapter({
  name: `nest ${inject('major')} on express`,
  listen: (observability, setup) => startApp(onExpress, observability, setup),
});

describeAdapter({
  name: `nest ${inject('major')} on fastify`,
  listen: (observability, setup) => startApp(onFastify, observability, setup),
});
