// A service whose event loop can be held up; run as a process of its own.
import { createServer } from 'node:http';
import { livenessWorker } from '@throughline/core';

const { idle, ...options } = JSON.parse(process.argv[2]);

const say = (word) => process.stdout.write(`${JSON.stringify({ say: word })}\n`);

if (!idle) {
  process.on('SIGUSR2', () => {
    say('held up');
    for (;;);
  });
  createServer().listen(0, '127.0.0.1');
}
// Last: another thread answers from then on, whatever this one has come to.
const { port } = await livenessWorker({ port: 0, host: '127.0.0.1', ...options });
say(port);
