// What both applications do, on command of the test: answer requests, or die.
const events = require('node:events');

/** Tells the test something, as one line of JSON. */
function tell(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

exports.run = async function run(parts) {
  const { Sentry, express, createObservability, getLogger, setUser, sentryExporter, errorHandler, requestContext } =
    parts;
  const { MODE: mode, DSN: dsn } = process.env;
  if (mode !== 'without SDK') {
    const beforeSend = (event) => {
      if (mode === 'logging') getLogger('hook').error('logged over an error');
      return event;
    };
    Sentry.init({ dsn, environment: 'test', beforeSend });
  }
  const observability = createObservability({
    service: { name: 'shop', version: '1.4.0', environment: 'test' },
    log: { level: 'error', destination: { write() {} } },
    exporters: mode === 'SDK alone' ? [] : [sentryExporter({ sdk: Sentry })],
  });
  if (mode === 'uncaught' || mode === 'logged and uncaught' || mode === 'SDK alone') {
    setImmediate(() => {
      const error = new Error('nobody catches this');
      if (mode === 'logged and uncaught') getLogger('orders').fatal(error, 'going down');
      throw error;
    });
    return;
  }
  const app = express();
  app.use(requestContext());
  app.use((req, _res, next) => {
    Sentry.setTag('own_tag', req.path);
    next();
  });
  app.get('/logged', () => {
    setUser({ id: 42 });
    const error = new Error('logged and thrown');
    getLogger('orders').error({ err: error, password: 'canary', mail: 'to ada@example.com' }, 'order failed');
    throw error;
  });
  app.get('/thrown', () => {
    throw new Error('only thrown');
  });
  app.get('/said', (_req, res) => {
    getLogger('orders').error('only said');
    res.end();
  });
  Sentry.setupExpressErrorHandler(app);
  app.use(errorHandler());
  const server = app.listen(0, '127.0.0.1');
  await events.once(server, 'listening');
  tell({ port: server.address().port });
  const end = async () => {
    const isOut = await observability.flush();
    tell({ isOut, status: observability.status().exporters[0] });
    server.closeAllConnections();
    server.close();
    await observability.close();
    tell({ isEnabled: Sentry.isEnabled() });
    await Sentry.close(1_000);
    process.disconnect();
  };
  process.once('message', () => void end());
};
