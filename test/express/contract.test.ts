/** The adapter contract on Express. */
import { inject } from 'vitest';
import { describeAdapter } from '../contract/adapter.js';
import { buildApp } from './app.js';
import { listen } from '../contract/listen.js';

describeAdapter({
  name: `express ${inject('major')}`,
  listen: (observability, setup) => listen(buildApp(observability, setup)),
});
