/** Work done: what a variant does for one request, read off its answer and its lines rather than claimed. */
import { once } from 'node:events';
import { startServer } from './requests.mjs';

const requestId = 'bench-4f6a';
const traceId = '0af7651916cd43dd8448eb211c80319c';
const headers = { 'x-request-id': requestId, traceparent: `00-${traceId}-b7ad6b7169203331-01` };

/** In words, such as `id, access line, handler's line with the id`; rejects when the variant does not answer. */
export async function workDone(variant, { path, ...setting }) {
  const server = await startServer(variant, { ...setting, stdout: 'pipe' });
  const closed = once(server.stdout, 'close');
  let text = '';
  server.stdout.on('data', (chunk) => (text += chunk));
  try {
    const answer = await fetch(server.url + path, { headers });
    const body = await answer.text();
    if (answer.status !== 200 || !body.includes('7')) throw new Error(`${variant} answered ${answer.status} ${body}`);
    const metrics = await fetch(`${server.url}/metrics`).then((scrape) => scrape.text());
    server.stop();
    await closed;
    return inWords([...answer.headers.values()].includes(requestId), text.split('\n'), metrics, path);
  } finally {
    server.stop();
  }
}

function inWords(isIdBack, lines, metrics, path) {
  const access = lines.find((line) => line.includes(path) && /"status(Code|_code)?":200/.test(line));
  const handler = lines.find((line) => line.includes('order read'));
  const isOneLine = access !== undefined && access === handler;
  const work = [
    isIdBack && 'id',
    access && !isOneLine && 'access line',
    handler && `${isOneLine ? 'one line for both' : "handler's line"}${withIds(handler)}`,
    metrics.includes('http_request_duration_seconds_count') && 'metrics',
  ];
  return work.filter(Boolean).join(', ') || 'nothing';
}

function withIds(line) {
  if (line.includes(requestId)) return ' with the id';
  return line.includes(traceId) ? ' with the trace' : '';
}
