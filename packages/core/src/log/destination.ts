/** Destination: standard output, as JSON or, for a developer at a terminal, in colours. */
import pino, { type DestinationStream } from 'pino';
import { prettyStream } from './pretty.js';

/**
 * Where lines go when the user did not say: JSON, written before the call returns so that the last line before a
 * crash is there. On a terminal outside of production they are made readable, if `pino-pretty` is installed.
 *
 * @param pretty What `LOG_PRETTY` says: overrules the look at terminal and `NODE_ENV`.
 */
export function standardOutput(pretty: boolean | undefined): DestinationStream {
  const isDevelopment = process.stdout.isTTY === true && process.env['NODE_ENV'] !== 'production';
  const readable = (pretty ?? isDevelopment) ? prettyStream(process.stdout) : undefined;
  return readable ?? pino.destination({ fd: 1, sync: true });
}
