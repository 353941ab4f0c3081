/** Worker source: what the liveness worker runs, as a text, so that no bundler can leave its file behind. */

/**
 * It counts how long the heartbeat was silent by its own ticks, each for no more than two: a process that was stopped as a
 * whole (a suspended machine, SIGSTOP, a throttled container) is not wedged.
 */
export const workerSource = `
'use strict';
const { createServer } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
const { beats, beatMs, busyMs, wedgedMs, path, port, host } = workerData;

let seen = Atomics.load(beats, 0);
let silentMs = 0;
let tickedAtMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  const beat = Atomics.load(beats, 0);
  silentMs = beat === seen ? silentMs + Math.min(nowMs - tickedAtMs, 2 * beatMs) : 0;
  seen = beat;
  tickedAtMs = nowMs;
}, beatMs);

function answer(req, res) {
  const headers = { 'cache-control': 'no-store', connection: 'close' };
  const found = req.url.split('?', 1)[0] === path;
  if (!found) return res.writeHead(404, headers).end();
  if (req.method !== 'GET' && req.method !== 'HEAD') return res.writeHead(405, { ...headers, allow: 'GET, HEAD' }).end();
  const isWedged = silentMs >= wedgedMs;
  const state = isWedged ? 'wedged' : silentMs >= busyMs ? 'busy' : 'ok';
  const status = isWedged ? 'unhealthy' : 'healthy';
  const body = JSON.stringify({ status, event_loop: state, silent_ms: Math.round(silentMs) });
  res.writeHead(isWedged ? 503 : 200, { ...headers, 'content-type': 'application/json; charset=utf-8' }).end(body);
}

const server = createServer(answer);
server.once('error', ({ code, message }) => parentPort.postMessage({ code, message }));
server.listen({ port, host }, () => parentPort.postMessage({ port: server.address().port }));
`;
