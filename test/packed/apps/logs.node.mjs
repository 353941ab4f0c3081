import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getLogger, runWithContext } from '@throughline/core';
import { recordLogs } from '@throughline/core/testing';

test('a test sees what was logged', () => {
  const logs = recordLogs({ level: 'info' });
  runWithContext({ requestId: 'node-1' }, () => getLogger('orders').info({ order_id: 7 }, 'order placed'));
  assert.equal(logs.mustHaveOne({ msg: /placed/, order_id: 7 }).request_id, 'node-1');
  assert.throws(() => logs.mustHave({ level: 'error' }), /the logs must have a line like { level: 'error' }/);
  logs.stop();
});
