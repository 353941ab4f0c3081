import { EventEmitter } from 'node:events';
import { BroadcastChannel } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { FakeClock } from '../../testing/simulation.js';
import { linkThreads } from './links.js';
import { wrapped } from './messages.js';
import { Others } from './others.js';

it('a thread that has ended is not taken on again by what it said last', async () => {
  const others = new Others(new FakeClock());
  const takenOn = vi.spyOn(others, 'add');
  linkThreads(others);
  const [ended, alive] = [1_000_001, 1_000_002];
  const thread = Object.assign(new EventEmitter(), { threadId: ended });
  (process as EventEmitter).emit('worker', thread);
  thread.emit('exit');

  const meeting = new BroadcastChannel('throughline/metrics');
  // They are heard in their order.
  for (const id of [ended, alive]) meeting.postMessage(wrapped({ kind: 'here', id }));
  await vi.waitUntil(() => takenOn.mock.calls.some(([id]) => id === `thread ${alive}`), { timeout: 30_000 });
  meeting.close();
  expect(takenOn.mock.calls.map(([id]) => id)).toEqual([`thread ${alive}`]);
});
