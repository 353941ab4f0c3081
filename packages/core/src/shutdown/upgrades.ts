/** Upgrades: sockets that speak another protocol than HTTP by now, said goodbye to and ended. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export type DrainSocket = (socket: Duplex, req: IncomingMessage) => unknown;

export class Upgrades {
  private readonly open = new Map<Duplex, IncomingMessage>();
  private onDrain: DrainSocket | undefined;
  private readonly report: (error: unknown) => void;
  /** How many ended in time. */
  ended = 0;
  /** How many had to be cut. */
  cut = 0;

  /** @param report Told what `onDrainSocket` throws. */
  constructor(report: (error: unknown) => void) {
    this.report = report;
  }

  add(socket: Duplex, req: IncomingMessage): void {
    this.open.set(socket, req);
    socket.once('close', () => {
      if (this.open.delete(socket) && this.onDrain) this.ended += 1;
    });
    if (this.onDrain) void this.endOne(socket, req, this.onDrain);
  }

  /** Ends all, and from now on each that is opened. */
  endAll(onDrain: DrainSocket): void {
    this.onDrain = onDrain;
    for (const [socket, req] of this.open) void this.endOne(socket, req, onDrain);
  }

  cutAll(): void {
    for (const socket of this.open.keys()) {
      this.open.delete(socket);
      this.cut += 1;
      socket.destroy();
    }
  }

  private async endOne(socket: Duplex, req: IncomingMessage, onDrain: DrainSocket): Promise<void> {
    try {
      await onDrain(socket, req);
    } catch (error) {
      this.report(error);
    }
    if (!socket.writableEnded) socket.end();
  }
}

/** A close frame with the status 1001: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const goingAway = Buffer.from([0x88, 0x02, 0x03, 0xe9]);

/** What is said when the application says nothing itself. */
export function sayGoingAway(socket: Duplex, req: IncomingMessage): void {
  if (req.headers.upgrade?.toLowerCase() === 'websocket' && socket.writable) socket.write(goingAway);
}
