/** Winston with winston-loki, sending JSON every second. */
import winston from 'winston';
import LokiTransport from 'winston-loki';

export function start({ url }) {
  const transport = new LokiTransport({
    host: url,
    json: true,
    interval: 1,
    labels: { service: 'bench' },
    format: winston.format.json(),
    onConnectionError: () => undefined,
  });
  const logger = winston.createLogger({ transports: [transport] });
  return {
    take({ error, message, fields }) {
      const { name, message: text, stack, code } = error;
      logger.error(message, { error: { name, message: text, stack, code }, ...fields });
    },
    flush: (timeoutMs) => Promise.race([transport.flush(), waitFor(timeoutMs)]),
  };
}

function waitFor(timeoutMs) {
  return new Promise((resolve) => setTimeout(resolve, timeoutMs));
}
