/** The adapter contract on Nest, on both of its platforms. */
import { NestFactory } from '@nestjs/core';
import { expect, inject, it } from 'vitest';
import { describeAdapter } from '../contract/adapter.js';
import { frameworkOfCell } from '../contract/framework-of-cell.js';
import { startApp } from './app.js';
import { onExpress, onFastify } from './platform.js';

it('runs on the Nest of its cell', () => {
  expect(frameworkOfCell('@nestjs/core')).toMatchObject({ NestFactory });
});

describeAdapter({
  name: `nest ${inject('major')} on express`,
  listen: (observability, setup) => startApp(onExpress, observability, setup),
});

describeAdapter({
  name: `nest ${inject('major')} on fastify`,
  listen: (observability, setup) => startApp(onFastify, observability, setup),
});
