/** Requests: what one costs a server, in time of its own process. */
import autocannon from 'autocannon';
import { startSubject } from './subject.mjs';

const connections = 10;

/**
 * A server of the variant, and what starting it took.
 *
 * @param given Handed to the variant's `createListener`.
 */
export async function startServer(variant, setting, ...given) {
  const subject = startSubject(variant, setting);
  const { port, ...start } = await subject.ask('listen', ...given);
  return { ...subject, start, url: `http://127.0.0.1:${port}` };
}

/** Sends exactly `amount` requests over connections that are kept. */
export async function send(url, amount, options = {}) {
  const {
    non2xx,
    errors,
    '2xx': good,
  } = await autocannon({
    url,
    amount,
    connections,
    headers: { accept: 'application/json', 'user-agent': 'bench/1.0' },
    ...options,
  });
  if (non2xx + errors > 0 || good !== amount) throw new Error(`${url}: ${good} of ${amount} were answered well`);
}

/**
 * Time of the processor for one of exactly `amount` requests, in µs, that of the garbage collector as it comes. None is
 * forced before: it would throw away what V8 has compiled for objects that are gone by then.
 *
 * @param sendAll Sends the requests.
 */
export async function cpuPerRequest(server, amount, sendAll) {
  const before = await server.ask('cpuUs');
  await sendAll(amount);
  return ((await server.ask('cpuUs')) - before) / amount;
}
