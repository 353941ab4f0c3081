/** nestjs-pino as it comes: access line, and its own context for the handler's line. */
import { Logger, LoggerModule } from 'nestjs-pino';
import { createApplication } from './application.mjs';

export function createListener() {
  return createApplication({ imports: [LoggerModule.forRoot()] }, (app) => {
    const logger = app.get(Logger);
    return () => logger.log('order read');
  });
}
