/** Sink process: starts the sink, and asks it what has come. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export async function startSink(port = 0) {
  const child = fork(fileURLToPath(new URL('sink.mjs', import.meta.url)), [String(port)]);
  const [listening] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${listening.port}`,
    async count() {
      child.send('count');
      const [counted] = await once(child, 'message');
      return counted;
    },
    stop: () => child.kill(),
  };
}

/** A port on which nobody listens. */
export async function findDeadPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
