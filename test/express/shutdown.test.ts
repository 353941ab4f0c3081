import { expect, inject, it } from 'vitest';
import { expectNothingLost, startOn } from '../shutdown/loses-nothing.js';

it(`loses no request of 200 a second when express ${inject('major')} is told to end`, async () => {
  const doomed = await startOn(inject('workspace'), 'express');
  expect(await expectNothingLost(doomed)).toEqual({ code: 0, signal: null });
});
