/** The adapter contract on Koa. */
import Koa from 'koa';
import { expect, inject, it } from 'vitest';
import { describeAdapter } from '../contract/adapter.js';
import { frameworkOfCell } from '../contract/framework-of-cell.js';
import { listen } from '../contract/listen.js';
import { buildApp } from './app.js';

it('runs on the Koa of its cell', () => {
  expect(Koa).toBe(frameworkOfCell('koa'));
});

describeAdapter({
  name: `koa ${inject('major')}`,
  listen: (observability, setup) => listen(buildApp(observability, setup).callback()),
});
