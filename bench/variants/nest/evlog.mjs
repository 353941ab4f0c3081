/** evlog: one wide line per request, to which the handler adds. */
import { initLogger } from 'evlog';
import { EvlogModule, useLogger } from 'evlog/nestjs';
import { createApplication } from './application.mjs';

export function createListener() {
  initLogger({ env: { service: 'bench' }, pretty: false });
  const imports = [EvlogModule.forRoot()];
  return createApplication({ imports }, () => () => useLogger().set({ message: 'order read' }));
}
