/** Service: a Nest application around a module of a test's own, started on a cell, with everything it logs kept. */
import 'reflect-metadata';
import { type INestApplication, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Observability } from '@throughline/core';
import { ObservabilityModule } from '@throughline/nest';
import type { Listening } from '../contract/cell.js';
import { type Service, start } from '../contract/start.js';
import { onExpress, onFastify } from './platform.js';

/** Both platforms by name, for `describe.each`. */
export const adapters: [platform: string, createAdapter: typeof onExpress.createAdapter][] = [
  ['express', onExpress.createAdapter],
  ['fastify', onFastify.createAdapter],
];

export interface Application extends ModuleMetadata {
  readonly createAdapter: typeof onExpress.createAdapter;
  /** What `main.ts` does between creation and listening. */
  readonly configure?: (app: INestApplication) => unknown;
}

export const quiet = { logger: false, abortOnError: false } as const;

export function rootOf(metadata: ModuleMetadata): Type {
  @Module(metadata)
  class Root {}
  return Root;
}

/** @param imports What the application imports of ours; `forRoot({ observability })` when left out. */
export function startNest(
  { createAdapter, configure, ...metadata }: Application,
  imports: (observability: Observability) => NonNullable<ModuleMetadata['imports']> = (observability) => [
    ObservabilityModule.forRoot({ observability }),
  ],
): Promise<Service> {
  const listen = async (observability: Observability): Promise<Listening> => {
    const root = rootOf({ ...metadata, imports: [...(metadata.imports ?? []), ...imports(observability)] });
    const app = await NestFactory.create(root, createAdapter(), quiet);
    await configure?.(app);
    return listening(app);
  };
  return start({ name: 'nest', listen });
}

export async function listening(app: INestApplication): Promise<Listening> {
  await app.listen(0, '127.0.0.1');
  return { server: app.getHttpServer(), close: () => app.close() };
}
