/** Entrance: how a request is let into a Nest application: observed, and answered at once when it asks for health. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getObservability } from '@throughline/core';
import { createRequestObserver, type RequestContextOptions } from '@throughline/core/adapter';
import type { AnswerHealth } from './health-under-prefix.js';
import { createMetricsEndpoint } from '@throughline/core/metrics';
import type { Entrance, Platform } from './platform.js';
import type { NestRequestOptions, Settings } from './settings.js';

/** @throws {ConfigError} When an option of `request` or `metrics` cannot be used. */
export function createEntrance(settings: Settings, platform: Platform, answerHealth: AnswerHealth): Entrance {
  const framework = {
    route: (req: IncomingMessage) => platform.routeOf(req),
    user: (req: IncomingMessage) => platform.requestOf(req)?.user,
  };
  const observe = createRequestObserver(framework, requestOptions(settings, platform), getObservability);
  const answerMetrics = metricsEndpoint(settings);
  return {
    observe: (req, res, next) => observe(req, res, req, next),
    admit(req, res, next) {
      if (!answerHealth(req, res) && !answerMetrics(req, res)) next();
    },
  };
}

/** Answers at the path that was given, as it stands: scrapers are told the whole of it. */
function metricsEndpoint({ metrics, observability }: Settings): (req: IncomingMessage, res: ServerResponse) => boolean {
  if (!metrics) return () => false;
  const answer = createMetricsEndpoint({ ...metrics, ...(observability && { observability }) }, getObservability);
  return (req, res) => answer(req, res, (req.url ?? '').split('?', 1)[0] ?? '');
}

/** The options with `user` asked for the platform's own request, as soon as there is one. */
function requestOptions(
  { request, observability }: Settings,
  platform: Platform,
): RequestContextOptions<IncomingMessage> {
  const { user, ...options } = request as NestRequestOptions;
  const find = (req: IncomingMessage): unknown => {
    const found = platform.requestOf(req);
    return found && user?.(found);
  };
  return {
    ...options,
    // What is no function is left for the kit to refuse.
    ...(user !== undefined && { user: typeof user === 'function' ? find : user }),
    ...(observability && { observability }),
  };
}
