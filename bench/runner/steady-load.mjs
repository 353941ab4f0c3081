/**
 * Steady load: a few connections, each with a request on its way at all times, at a tenth of the processor that autocannon
 * takes. With that the server was waited for no longer than it waited itself, and rounds of one variant were up to three
 * times as far apart.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

const connections = 10;

/** Opens the connections; they stay until the server goes. */
export async function openSteadyLoad(port, path) {
  const request =
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    'Accept: application/json\r\nUser-Agent: bench/1.0\r\nConnection: keep-alive\r\n\r\n';
  const sockets = [];
  for (let at = 0; at < connections; at++) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1');
    await once(socket, 'connect');
    sockets.push(socket);
  }
  return { send: (amount) => sendAll(sockets, request, amount) };
}

/** Resolves once exactly `amount` requests have been answered with 200. */
async function sendAll(sockets, request, amount) {
  let left = amount;
  await Promise.all(
    sockets.map(async (socket) => {
      while (left-- > 0) {
        socket.write(request);
        await answerOn(socket);
      }
    }),
  );
}

function answerOn(socket) {
  return new Promise((resolve, reject) => {
    let received = '';
    const settle = (error) => {
      socket.off('data', read).off('close', close);
      if (error) reject(error);
      else resolve();
    };
    const read = (data) => {
      received += data;
      const end = received.indexOf('\r\n\r\n');
      if (end === -1) return;
      const [, length] = /\r\ncontent-length: (\d+)/i.exec(received) ?? [];
      if (!received.startsWith('HTTP/1.1 200') || length === undefined) settle(new Error(`answered ${received}`));
      else if (received.length >= end + 4 + Number(length)) settle();
    };
    const close = () => settle(new Error('the server closed a connection'));
    socket.on('data', read).on('close', close);
  });
}
