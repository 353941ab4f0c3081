/** Requests: what one costs a server, in time of its own process. */
import autocannon from 'autocannon';
import { startSubject } from './subject.mjs';

const connections = 10;

/** A server of the variant, and requests sent to it. */
export async function startServer(variant, options) {
  const subject = startSubject(variant, options);
  const { port, ...start } = await subject.ask('listen');
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

/** Time of the processor for one request, in µs, once V8 has compiled what it compiles. */
export async function requestCost(variant, { path, isSmoke, node }) {
  const server = await startServer(variant, { node });
  try {
    const amount = isSmoke ? 20 : 10_000;
    await send(server.url + path, amount);
    await server.ask('memory');
    const before = await server.ask('cpuUs');
    await send(server.url + path, amount);
    return { cpuUs: ((await server.ask('cpuUs')) - before) / amount };
  } finally {
    server.stop();
  }
}
