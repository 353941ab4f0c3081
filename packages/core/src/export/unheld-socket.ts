/** Unheld socket: a connection that never keeps the process alive. */
import type { Socket } from 'node:net';

/** Lets the process end although the socket is open; the handle changes with each address that is tried. */
export function letProcessEnd(socket: Socket): void {
  const release = (): void => void socket.unref();
  release();
  socket.on('connectionAttempt', release).once('connect', release);
}
