/** The adapter contract on Koa. */
import { inject } from 'vitest';
import { describeAdapter } from '../contract/adapter.js';
import { listen } from '../contract/listen.js';
import { buildApp } from './app.js';

describeAdapter({
  name: `koa ${inject('major')}`,
  listen: (observability, setup) => listen(buildApp(observability, setup).callback()),
});
