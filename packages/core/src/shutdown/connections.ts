/** Connections: the sockets of a server, and which of them wait for a request. */
import type { Socket } from 'node:net';

interface Use {
  underWay: number;
  /** How much had been read when the last request was answered: more is the head of another one. */
  quietAtBytes: number;
}

/**
 * Kept because Node's own `closeIdleConnections()`, which its `server.close()` calls, takes a connection for idle as soon
 * as its response was handed over, and so cuts off what a slow client has not yet received (seen on Node 20.20).
 */
export class Connections {
  private readonly uses = new Map<Socket, Use>();

  add(socket: Socket): void {
    this.uses.set(socket, { underWay: 0, quietAtBytes: socket.bytesRead });
    socket.once('close', () => this.uses.delete(socket));
  }

  /** A request came on it. */
  begin(socket: Socket): void {
    const use = this.uses.get(socket);
    if (use) use.underWay += 1;
  }

  /** A request on it was answered, or given up. */
  end(socket: Socket): void {
    const use = this.uses.get(socket);
    if (!use) return;
    use.underWay -= 1;
    use.quietAtBytes = socket.bytesRead;
  }

  /** Is no longer for requests: somebody else ends it. */
  release(socket: Socket): void {
    this.uses.delete(socket);
  }

  closeIdle(): void {
    for (const [socket, { underWay, quietAtBytes }] of this.uses)
      if (underWay === 0 && socket.bytesRead === quietAtBytes) socket.destroy();
  }

  closeAll(): void {
    for (const socket of this.uses.keys()) socket.destroy();
  }
}
