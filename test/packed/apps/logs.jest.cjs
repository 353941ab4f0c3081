const { getLogger, runWithContext } = require('@throughline/core');
const { recordLogs } = require('@throughline/core/testing');

test('a test sees what was logged', () => {
  const logs = recordLogs({ level: 'info' });
  runWithContext({ requestId: 'jest-1' }, () => getLogger('orders').info({ order_id: 7 }, 'order placed'));
  expect(logs.mustHaveOne({ msg: /placed/, order_id: 7 }).request_id).toBe('jest-1');
  expect(() => logs.mustHave({ level: 'error' })).toThrow(/the logs must have a line like { level: 'error' }/);
  logs.stop();
});
