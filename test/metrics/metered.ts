/** Metered service: the kit and the metrics on nothing but Node, with routes by the first segment of the path. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { createRequestObserver } from '@throughline/core/adapter';
import { createMetricsEndpoint, type MetricsOptions } from '@throughline/core/metrics';
import { Registry } from 'prom-client';
import { listen } from '../contract/listen.js';
import { type Options, type Service, start } from '../contract/start.js';

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

export interface Metered extends Service {
  readonly registry: Registry;
  /** Resolves when the end of every request has been seen. */
  idle(): Promise<void>;
}

/** Starts a service; a path has the route of its first segment, as `/orders/7` has `/orders`. */
export async function startMetered(
  options: Omit<MetricsOptions, 'observability'> = {},
  { exporters = [], handle = (_req, res) => res.end('fine') }: Pick<Options, 'exporters'> & { handle?: Handler } = {},
): Promise<Metered> {
  const registry = new Registry();
  const service = await start(
    {
      name: 'node',
      listen(observability) {
        const route = ({ url = '' }: IncomingMessage): string => `/${url.split(/[/?]/)[1]}`;
        const observe = createRequestObserver({ route, user: () => undefined }, { observability }, () => observability);
        const endpoint = createMetricsEndpoint({ observability, registry, ...options }, () => observability);
        return listen((req, res) => observe(req, res, req, () => endpoint(req, res, pathOf(req)) || handle(req, res)));
      },
    },
    { exporters },
  );
  const isBusy = (): boolean => [...service.observability.tally.inFlight.values()].some(({ count }) => count > 0);
  return Object.assign(service, {
    registry,
    async idle() {
      while (isBusy()) await turn();
    },
  });
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}
