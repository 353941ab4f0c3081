/** Unheld socket: a connection that does not keep the process alive. */
import type { Socket } from 'node:net';

/**
 * Lets the process end although the socket is open. While a connection is being made Node holds on all the same; when
 * several addresses are tried, each has a handle of its own, so the last one is let go of once it is connected.
 */
export function letProcessEnd(socket: Socket): void {
  socket.unref();
  if (socket.connecting) socket.once('connect', () => socket.unref());
}
