/** Hang-up: an error that only says that the client went away. */
import type { IncomingMessage } from 'node:http';

/** Codes with which Node and its streams tell of a connection that the other side closed. */
const hangUpCodes: ReadonlySet<unknown> = new Set([
  'ABORT_ERR',
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/**
 * Whether the error came of the client's leaving: the connection is gone, and the error either has one of the codes
 * above or broke off an upload, of which every body parser tells in words of its own. An error of the application's
 * that comes after the client has left is still an error.
 */
export function isHangUp(error: unknown, req: IncomingMessage): boolean {
  if (!req.socket?.destroyed) return false;
  return !req.complete || hangUpCodes.has((error as { code?: unknown } | null | undefined)?.code);
}
