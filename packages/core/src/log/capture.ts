/** Capture: what is said beside our loggers: on the console, by Node, and by errors that nobody catches. */
import type { Logger } from 'pino';
import type { Redactor } from '../internal/redact.js';
import { bridgeConsole } from './console-bridge.js';
import { watchUncaught } from './uncaught.js';

export interface CaptureOptions {
  readonly captureUncaught: boolean;
  readonly captureConsole: boolean;
}

/** Makes lines of what the options name. @returns Ends that. */
export function capture(
  { captureUncaught, captureConsole }: CaptureOptions,
  getLogger: (name: string) => Logger,
  redactor: Redactor,
): () => void {
  const ends: (() => void)[] = [];
  if (captureUncaught) {
    const watch = watchUncaught((error, origin) => {
      const message = origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception';
      getLogger('process').fatal({ err: error }, message);
    });
    ends.push(watch);
  }
  if (captureConsole) {
    ends.push(bridgeConsole({ printed: getLogger('console'), warned: getLogger('process'), redactor }));
  }
  return () => {
    for (const end of ends.splice(0)) end();
  };
}
