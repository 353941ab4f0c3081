/** The adapter contract on Nest, on both of its platforms. */
import { inject } from 'vitest';
import { describeAdapter } from '../contract/adapter.js';
import { startApp } from './app.js';
import { platforms } from './platform.js';

for (const [name, createPlatform] of Object.entries(platforms)) {
  describeAdapter({
    name: `nest ${inject('major')} on ${name}`,
    listen: (observability, setup) => startApp(createPlatform(), observability, setup),
  });
}
