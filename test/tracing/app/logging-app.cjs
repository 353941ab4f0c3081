// The same application in CommonJS.
const { pino } = require('pino');
const { run } = require('./logging.cjs');

void run({ pino, ...require('@throughline/core'), ...require('@throughline/core/exporters/openobserve') });
