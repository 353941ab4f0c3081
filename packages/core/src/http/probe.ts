/** Probe: a request of a machine that watches, in no count of requests, and answered outside the context of its own. */
import type { IncomingMessage } from 'node:http';
import { runOutsideContext } from '../context/run.js';
import { exchangeOf } from './exchange.js';

/**
 * Calls `answer` without a context: a pool made on its first use must not keep that of a probe.
 *
 * @returns Whether the request is observed at all.
 */
export function answerProbe(req: IncomingMessage, answer: () => void): boolean {
  const exchange = exchangeOf(req);
  if (exchange) exchange.isProbe = true;
  runOutsideContext(answer);
  return exchange !== undefined;
}
