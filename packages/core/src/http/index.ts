/** The kit that framework adapters are made of. */
export type { AccessLogMiddleware } from './access-log-middleware.js';
export type { AccessLogFormat, AccessLogOptions, CustomAttributeKeys } from './access-log-options.js';
export { answerError } from './error-answer.js';
export { Exchange, exchangeOf } from './exchange.js';
export { createHealthEndpoint, type HealthEndpoint, type HealthOptions } from './health-endpoint.js';
export { perProcess } from '../internal/per-process.js';
export { observePrototypes } from './observe-messages.js';
export type { ObservedApplication } from './observed.js';
export type { FindLevel } from './own-level.js';
export { exposeRequest } from './expose-request.js';
export type { RequestIdOptions } from './request-id.js';
export {
  createRequestObserver,
  type Framework,
  type RequestContextOptions,
  type RequestObserver,
} from './request-observer.js';
export type { InFlight, RequestListener, Tally } from './tally.js';
export type { FindUser } from './user.js';
