/** Starting a cell: an application of a test's own, with everything it logs kept. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { createObservability, type LogOptions, type Observability, type ObservabilityOptions } from '@throughline/core';
import type { Logger } from 'pino';
import { onTestFinished } from 'vitest';
import type { Cell, Listening, Setup } from './cell.js';
import { type Received, type Request, send } from './client.js';
import { type Recorded, Recorder } from './recorded.js';

/** Where a service sends its errors. */
export type Destinations = NonNullable<ObservabilityOptions['exporters']>;

export interface Service {
  readonly server: Server;
  readonly port: number;
  readonly observability: Observability;
  /** A logger of the application's, named `orders`. */
  readonly log: Logger;
  /** Sends a request on a connection of its own. */
  send(request: Request | string): Promise<Received>;
  /** Stops the service; by then every line it had to write is written. */
  finish(): Promise<Recorded>;
}

export interface Options extends Partial<Setup> {
  readonly exporters?: Destinations;
  readonly log?: LogOptions;
}

/** Starts a service on the cell; it is stopped when the test is over, if not before. */
export async function start(cell: Cell, { exporters = [], log, ...setup }: Options = {}): Promise<Service> {
  const recorder = new Recorder();
  const observability = createObservability({
    isolated: true,
    service: { name: 'cell', version: '1.0.0', environment: 'test' },
    log: { level: 'debug', destination: recorder, ...log },
    exporters,
  });
  onTestFinished(() => observability.close({ timeoutMs: 1000 }));
  const listening = await cell.listen(observability, {
    request: {},
    health: {},
    mounts: 1,
    before: [],
    after: [],
    authenticate: () => {},
    routes: [],
    ...setup,
  });
  const close = closer(listening);
  onTestFinished(close);
  const { port } = listening.server.address() as AddressInfo;
  return {
    server: listening.server,
    port,
    observability,
    log: observability.getLogger('orders'),
    send: (request) => send(port, typeof request === 'string' ? { path: request } : request),
    async finish() {
      await close();
      return recorder.recorded();
    },
  };
}

/** Closes once. A server says that it is closed before its last connections do, so these are waited for as well. */
function closer({ server, close }: Listening): () => Promise<void> {
  const connections: Promise<unknown>[] = [];
  server.on('connection', (socket) => connections.push(new Promise((resolve) => socket.once('close', resolve))));
  let closed: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await close();
    await Promise.all(connections);
    // For what handlers do when their connection is gone.
    await turn();
  };
  return () => (closed ??= closeAll());
}
