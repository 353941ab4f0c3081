/** The adapter contract on Express. */
import express from 'express';
import { expect, inject, it } from 'vitest';
import { describeAdapter } from '../contract/adapter.js';
import { frameworkOfCell } from '../contract/framework-of-cell.js';
import { listen } from '../contract/listen.js';
import { buildApp } from './app.js';

it('runs on the Express of its cell', () => {
  expect(express).toBe(frameworkOfCell('express'));
});

describeAdapter({
  name: `express ${inject('major')}`,
  listen: (observability, setup) => listen(buildApp(observability, setup)),
});
