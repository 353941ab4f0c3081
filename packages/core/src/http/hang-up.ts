/** Hang-up: errors that only say that the client went away. */

/** Codes with which Node, its streams and body parsers tell of a connection that the other side closed. */
const hangUpCodes = new Set([
  'ABORT_ERR',
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
]);

export function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && hangUpCodes.has(String(error.code));
}
