/** Destination: standard output, as JSON or, for a developer at a terminal, in colours. */
import pino, { type DestinationStream } from 'pino';
import { prettyStream } from './pretty.js';

/**
 * Where lines go when the user did not say: JSON, written before the call returns so that the last line before a
 * crash is there. On a terminal outside of production they are made readable, if `pino-pretty` is installed.
 *
 * @param pretty What `LOG_PRETTY` says: overrules the look at terminal and `NODE_ENV`.
 * @param warn Is told when that asks for what is not installed.
 */
export function standardOutput(pretty: boolean | undefined, warn: (sentence: string) => void): DestinationStream {
  const isDevelopment = process.stdout.isTTY === true && process.env['NODE_ENV'] !== 'production';
  const readable = (pretty ?? isDevelopment) ? prettyStream(process.stdout) : undefined;
  if (pretty && !readable)
    warn('LOG_PRETTY is true but pino-pretty is not installed in the application (npm install pino-pretty)');
  return readable ?? pino.destination({ fd: 1, sync: true });
}
