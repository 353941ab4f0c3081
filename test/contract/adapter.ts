/** Adapter contract: what every framework adapter promises, proven on a real application over real sockets. */
import { describe } from 'vitest';
import type { Cell } from './cell.js';
import { promiseAccessLine } from './promises/access-line.js';
import { promiseAccessLineOptions } from './promises/access-line-options.js';
import { promiseAccessLog } from './promises/access-log.js';
import { promiseBodies } from './promises/bodies.js';
import { promiseConcurrency } from './promises/concurrency.js';
import { promiseClientAddress } from './promises/client-address.js';
import { promiseConnections } from './promises/connections.js';
import { promiseContext } from './promises/context.js';
import { promiseEcho } from './promises/echo.js';
import { promiseErrors } from './promises/errors.js';
import { promiseExport } from './promises/export.js';
import { promiseDetail } from './promises/detail.js';
import { promiseFields } from './promises/fields.js';
import { promiseHealth } from './promises/health.js';
import { promiseHealthFormats } from './promises/health-formats.js';
import { promiseHangUp } from './promises/hang-up.js';
import { promiseHostileInput } from './promises/hostile-input.js';
import { promiseInboundId } from './promises/inbound-id.js';
import { promiseMetrics } from './promises/metrics.js';
import { promiseOptions } from './promises/options.js';
import { promiseOutside } from './promises/outside.js';
import { promisePinoHttp } from './promises/pino-http.js';
import { promisePrivacy } from './promises/privacy.js';
import { promiseRequestLog } from './promises/request-log.js';
import { promiseStandardNames } from './promises/standard-names.js';
import { promiseTrace } from './promises/trace.js';
import { promiseUser } from './promises/user.js';

/** Runs the whole contract on one cell. */
export function describeAdapter(cell: Cell): void {
  describe(`${cell.name}`, () => {
    describe('request id', () => {
      promiseInboundId(cell);
      promiseEcho(cell);
    });
    describe('context', () => {
      promiseContext(cell);
      promiseFields(cell);
      promiseRequestLog(cell);
      promiseTrace(cell);
      promiseBodies(cell);
      promiseConcurrency(cell);
      promiseUser(cell);
      promiseOutside(cell);
    });
    describe('access line', () => {
      promiseAccessLine(cell);
      promiseAccessLog(cell);
      promiseAccessLineOptions(cell);
      promiseStandardNames(cell);
      promiseHangUp(cell);
      promisePinoHttp(cell);
      promiseConnections(cell);
      promiseClientAddress(cell);
    });
    describe('metrics', () => {
      promiseMetrics(cell);
    });
    describe('health', () => {
      promiseHealth(cell);
      promiseHealthFormats(cell);
    });

    describe('detail', () => {
      promiseDetail(cell);
    });
    describe('trouble', () => {
      promiseErrors(cell);
      promiseExport(cell);
      promiseHostileInput(cell);
      promisePrivacy(cell);
      promiseOptions(cell);
    });
  });
}
