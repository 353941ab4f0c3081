// What the application does: it answers one request, keeps another waiting until the client hangs up, and tells what there was to see.
const events = require('node:events');
const http = require('node:http');

exports.run = async function run({ express, createObservability, getLogger, requestContext }) {
  const { activeSpan, exporters = () => [] } = globalThis.tracing ?? {};
  const texts = [];
  const observability = createObservability({
    service: { name: 'shop' },
    exporters: exporters(),
    log: { level: 'info', destination: { write: (text) => texts.push(text) } },
  });
  const log = getLogger('orders');
  log.info('outside');
  const app = express();
  app.use(requestContext());
  app.get('/orders/:id', async (_req, res) => {
    await new Promise(setImmediate);
    log.info('inside');
    const { traceId, spanId } = activeSpan?.()?.spanContext() ?? {};
    res.json({ trace_id: traceId, span_id: spanId });
  });
  app.get('/stuck', () => log.info('stuck'));
  const server = app.listen(0, '127.0.0.1');
  await events.once(server, 'listening');
  const { port } = server.address();
  const answer = await new Promise((resolve) => http.get({ port, path: '/orders/7' }, resolve));
  const span = JSON.parse(String(Buffer.concat(await answer.toArray())));
  await hangUp(port, texts);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  process.send({ span, lines: texts.map((text) => JSON.parse(text)) });
  await observability.close();
  process.disconnect();
};

/** Asks for what never comes, and goes away when the request was seen. */
async function hangUp(port, texts) {
  const isLogged = (message) => texts.some((text) => text.includes(message));
  const request = http.get({ port, path: '/stuck' }).on('error', () => {});
  while (!isLogged('stuck')) await new Promise(setImmediate);
  request.destroy();
  while (!isLogged('request aborted')) await new Promise(setImmediate);
}
