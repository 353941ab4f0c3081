// An application that ends by an error nobody catches; run as a process of its own.
import { createObservability, runWithContext } from '@throughline/core';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';

const [captureUncaught, how, directory] = JSON.parse(process.argv[2] ?? '[]');

const observability = createObservability({
  captureUncaught,
  exporters: [openobserveExporter({ url: 'http://127.0.0.1:9', key: 'shop:secret' })],
  ...(directory && { spool: { directory } }),
});

const error = Object.assign(new Error('nobody catches this'), { password: 'canary' });
const ways = {
  throw: () => {
    throw error;
  },
  reject: () => void Promise.reject(error),
  text: () => {
    // oxlint-disable-next-line no-throw-literal -- what is thrown need not be an error
    throw 'a text';
  },
  'log first': () => {
    observability.logger.error(error, 'told already');
    throw error;
  },
  'close first': () => void observability.close().then(ways.throw),
  'handle it': () => {
    process.on('uncaughtException', () => {
      process.stdout.write(`${JSON.stringify(observability.status().exporters[0])}\n`, () => process.exit(7));
    });
    throw error;
  },
};

runWithContext({ requestId: 'r-1' }, () => setTimeout(() => ways[how](), 1));
