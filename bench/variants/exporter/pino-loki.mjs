/** Pino-loki in its worker thread, as its README recommends, sending every second. */
import { once } from 'node:events';
import pino from 'pino';

export async function start({ url }) {
  const options = { host: url, batching: { interval: 1 }, silenceErrors: true, labels: { service: 'bench' } };
  const transport = pino.transport({ target: 'pino-loki', options });
  await once(transport, 'ready');
  const logger = pino(transport);
  return {
    take: ({ error, message, fields }) => logger.error({ err: error, ...fields }, message),
    flush: (timeoutMs) => waitFor(timeoutMs),
  };
}

/** Its worker has no way to say that all is out; what it holds leaves within its interval. */
function waitFor(timeoutMs) {
  return new Promise((resolve) => setTimeout(resolve, Math.min(timeoutMs, 3_000)));
}
