// An application that logs errors and comes to the end it is told; run as a process of its own.
import { writeSync } from 'node:fs';
import { createObservability } from '@throughline/core';
import { fileExporter } from '@throughline/core/exporters/file';
import { lokiExporter } from '@throughline/core/exporters/loki';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { otlpExporter } from '@throughline/core/exporters/otlp';
import { sentryExporter } from '@throughline/core/exporters/sentry';

/** @type {{ exporter: string, url: string, directory: string, maxBytes?: number, errors: number, end: string, enough?: number, flushMs?: number }} */
const {
  exporter,
  url,
  directory,
  maxBytes,
  errors,
  end,
  enough = 0,
  flushMs = 30_000,
} = JSON.parse(process.argv[2] ?? '{}');

const exporters = {
  openobserve: () => openobserveExporter({ url, key: 'shop:secret' }),
  otlp: () => otlpExporter({ url }),
  'otlp-json': () => otlpExporter({ url, protocol: 'http/json', compression: 'gzip' }),
  loki: () => lokiExporter({ url }),
  sentry: () => sentryExporter({ dsn: `${url.replace('://', '://public@')}/42` }),
  file: () => fileExporter({ path: url }),
};

const observability = createObservability({
  service: { name: 'shop' },
  log: { destination: { write: () => undefined } },
  exporters: [exporters[exporter]()],
  spool: { directory, maxBytes },
});

function logLast() {
  observability.logger.error(new Error('error last'), 'error last');
}

function throwUncaught() {
  throw new Error('nobody catches this');
}

const ends = {
  exit: () => process.exit(1),
  throw: throwUncaught,
  abort: () => process.abort(),
  SIGTERM: () => process.kill(process.pid, 'SIGTERM'),
  'SIGTERM and close': () => {
    process.on('SIGTERM', () => void observability.close({ timeoutMs: 200 }).then(() => process.exit(7)));
    process.kill(process.pid, 'SIGTERM');
  },
  // The test does it, whenever it likes.
  SIGKILL: () => undefined,
  'error in an exit handler': () => process.on('exit', logLast).exit(7),
  'error in a handler of what nobody caught': () => {
    process.on('uncaughtException', () => {
      logLast();
      process.exit(7);
    });
    throwUncaught();
  },
};

for (let index = 0; index < errors; index++) {
  observability.logger.error(new Error(`error ${index}`), `error ${index}`);
  // Tells of each error that was taken, so that the test knows which must not be lost.
  writeSync(1, `${index}\n`);
  if (index % 20 === 19) await new Promise(setImmediate);
}
if (end === 'flush') {
  const delivered = () => observability.status().exporters[0].delivered;
  let isOut;
  do isOut = await observability.flush({ timeoutMs: flushMs });
  while (!isOut && delivered() < enough);
  writeSync(1, `${JSON.stringify({ isOut, status: observability.status() })}\n`);
  await observability.close();
} else {
  setInterval(() => undefined, 1_000);
  ends[end]();
}
