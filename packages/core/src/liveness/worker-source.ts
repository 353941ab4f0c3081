/** Worker source: what the liveness worker runs, as a text, so that no bundler can leave its file behind. */

/**
 * It counts how long the heartbeat was silent by its own ticks, each for no more than two: a process that was stopped as a
 * whole (a suspended machine, SIGSTOP, a throttled container) is not wedged.
 */
export const workerSource = `
'use strict';
const { utimes, writeFile, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
const { beats, beatMs, busyMs, wedgedMs, path, port, host, file } = workerData;

let seen = Atomics.load(beats, 0);
let silentMs = 0;
let tickedAtMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  const beat = Atomics.load(beats, 0);
  silentMs = beat === seen ? silentMs + Math.min(nowMs - tickedAtMs, 2 * beatMs) : 0;
  seen = beat;
  tickedAtMs = nowMs;
  if (file !== undefined && silentMs < wedgedMs) touch();
}, beatMs);

/** Needs no room on the disk, unless somebody has deleted the file. */
function touch() {
  const now = new Date();
  utimes(file, now, now, (error) => error && writeFile(file, '', () => {}));
}

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

function fail(failed, { code, message }) {
  parentPort.postMessage({ failed, code, message });
}

function listen() {
  const server = createServer(answer);
  server.once('error', (error) => fail('listen', error));
  server.listen({ port, host }, () => parentPort.postMessage({ port: server.address().port }));
}

try {
  if (file !== undefined) writeFileSync(file, '');
  if (port === undefined) parentPort.postMessage({ port: 0 });
  else listen();
} catch (error) {
  fail('file', error);
}
`;
