/** Stop on signal: ends a service on Ctrl-C or SIGTERM, once its last request is answered. */
import type { Server } from 'node:http';
import type { Observability } from '@throughline/core';

/** @param release Gives back what the service holds, such as connections. */
export function stopOnSignal(server: Server, observability: Observability, release: () => Promise<unknown>): void {
  const stop = (): void => {
    server.close(() => void release().then(() => observability.close()));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}
