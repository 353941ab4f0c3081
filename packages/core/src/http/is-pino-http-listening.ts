/** Recognising pino-http: whether the application mounted one of its own beside us. */
import type { ServerResponse } from 'node:http';

/** Whether a pino-http that the application mounted is about to log this response. True until it has done so. */
export function isPinoHttpListening(res: ServerResponse): boolean {
  return 'allLogs' in res && res.listeners('close').some(({ name }) => name === 'onResponseComplete');
}
