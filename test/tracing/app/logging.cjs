// What the application does: it logs by a logger that was there first, by one of ours and by a pino of its own.
exports.run = async function run({ pino, createObservability, getLogger, openobserveExporter, pinoOptions }) {
  const texts = [];
  const destination = { write: (text) => texts.push(text) };
  const early = getLogger('early');
  const exporters =
    process.env.EXPORTS === 'true' ? [openobserveExporter({ url: 'http://127.0.0.1:9', key: 'a:b' })] : [];
  const observability = createObservability({ exporters, log: { level: 'info', destination } });
  early.info('early');
  getLogger('orders').info('ours');
  pino(pinoOptions({ level: 'info' }), destination).info('own');
  const lines = texts.map((text) => JSON.parse(text));
  process.send({ sent: globalThis.sent(), lines });
  await observability.close({ timeoutMs: 1 });
  process.disconnect();
};
