const { getRequestId, runWithContext } = require('@throughline/core');
const { requestContext } = require('@throughline/express');

test('the packages work under Jest', async () => {
  expect(typeof requestContext()).toBe('function');
  await runWithContext({ requestId: 'jest-1' }, async () => {
    await new Promise(setImmediate);
    expect(getRequestId()).toBe('jest-1');
  });
});
