/** Routes of an application of Express, as its access lines name them. */
import { errorHandler, requestContext } from '@throughline/express';
import express, { type Express } from 'express';
import { listen } from '../contract/listen.js';
import { start } from '../contract/start.js';

/** The routes on the access lines of an application's answers to these paths. */
export async function routesOf(build: (app: Express) => unknown, ...paths: string[]): Promise<unknown[]> {
  const service = await start({
    name: 'express',
    listen(observability) {
      const app = express();
      app.use(requestContext({ observability }));
      build(app);
      app.use(errorHandler({ observability }));
      return listen(app);
    },
  });
  for (const path of paths) await service.send(path);
  return (await service.finish()).access.map(({ route }) => route);
}
