/** Sink: a server in a process of its own that takes whatever it is sent and counts the distinct errors in it. */
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { pinLoad } from '../runner/processor.mjs';

pinLoad();

const seen = new Set();
let requests = 0;

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    requests++;
    const body = Buffer.concat(chunks);
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
    for (const [, number] of text.matchAll(/bench-(\d+)-end/g)) seen.add(number);
    const isLoki = request.url?.startsWith('/loki/');
    response.writeHead(isLoki ? 204 : 200, { 'content-type': 'application/json' }).end(isLoki ? undefined : '{}');
  });
});

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => process.send?.({ port: server.address().port }));
process.on('message', () => process.send?.({ records: seen.size, requests }));
process.on('disconnect', () => process.exit());
