/** Traffic: what one server has under way, and how it is brought to an end without losing a request. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2Session } from 'node:http2';
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Connections } from './connections.js';
import { closeAfter } from './last-response.js';
import { type DrainSocket, Upgrades } from './upgrades.js';

/** What a server of any kind may have beside what `net.Server` has. */
type AnyServer = Server & { closeIdleConnections?(): void };
type Emit = (event: string, ...args: unknown[]) => boolean;

export class Traffic {
  private readonly connections = new Connections();
  private readonly responses = new Set<ServerResponse>();
  private readonly sessions = new Set<Http2Session>();
  /** The latest request that came on a connection; pipelined ones are answered in their order. */
  private readonly latest = new WeakMap<Socket, ServerResponse>();
  private readonly told = new WeakSet<Socket>();
  private isDraining = false;
  private isClosing = false;
  readonly upgrades: Upgrades;
  /** Requests that were answered since it began to drain. */
  served = 0;
  /** Requests and streams that had to be cut. */
  cut = 0;

  /** @param report Told what `onDrainSocket` throws. */
  constructor(
    private readonly server: AnyServer,
    report: (error: unknown) => void,
  ) {
    this.upgrades = new Upgrades(report);
  }

  /** Learns of everything that happens on the server. Not by listeners: one for `upgrade` would change what Node does. */
  watch(): () => void {
    const { server } = this;
    // oxlint-disable-next-line unbound-method -- called with its server as `this` below
    const emit = server.emit as Emit;
    let isWatching = true;
    const emitSeen: Emit = (event, ...args) => {
      const goOn = (): boolean => emit.call(server, event, ...args);
      return isWatching && this.see(event, args, goOn) ? true : goOn();
    };
    server.emit = emitSeen as typeof server.emit;
    return () => {
      isWatching = false;
      if (server.emit === emitSeen) server.emit = emit as typeof server.emit;
    };
  }

  /** From now on each connection is closed after the response it is waiting for. */
  drain(): void {
    this.isDraining = true;
    for (const res of this.responses) this.latest.set(socketOf(res), res);
    for (const res of this.responses) this.closeAfter(res);
  }

  /** Takes no more connections; resolves when the last one has ended. */
  close(onDrainSocket: DrainSocket): Promise<void> {
    const { server } = this;
    this.isClosing = true;
    // Called by Node's `close()`, now and when the framework calls it once more: it cuts off slow responses.
    if (server.closeIdleConnections) server.closeIdleConnections = () => this.connections.closeIdle();
    // Node counts a socket off before the socket itself tells that it closed.
    const closed = new Promise<void>((resolve) => server.close(() => setImmediate(() => setImmediate(resolve))));
    for (const session of this.sessions) session.close();
    for (const res of this.responses) if (isEventStream(res)) endStream(res);
    this.upgrades.endAll(onDrainSocket);
    this.closeIdleSoon();
    return closed;
  }

  /** Ends what has not ended by itself. */
  cutAll(): void {
    this.cut += this.responses.size;
    this.responses.clear();
    this.upgrades.cutAll();
    for (const session of this.sessions) session.destroy();
    this.connections.closeAll();
  }

  /** `true` when it takes care of the event itself. */
  private see(event: string, args: readonly unknown[], goOn: () => boolean): boolean {
    if (event === 'request' || event === 'checkContinue') return this.request(args[1] as ServerResponse, goOn);
    if (event === 'connection' || event === 'secureConnection') this.connections.add(args[0] as Socket);
    else if (event === 'session') this.session(args[0] as Http2Session);
    else if (event === 'upgrade' || event === 'connect') this.upgrade(args[0] as IncomingMessage, args[1] as Duplex);
    return false;
  }

  private request(res: ServerResponse, goOn: () => boolean): boolean {
    if (this.responses.has(res)) return false;
    const socket = socketOf(res);
    // The client was told that this connection closes; what it had sent before it knew is its to send again.
    if (this.told.has(socket)) return true;
    this.responses.add(res);
    this.connections.begin(socket);
    res.once('close', () => this.end(res, socket));
    if (!this.isDraining) return false;
    this.latest.set(socket, res);
    this.closeAfter(res);
    // Pipelined requests are read one by one: only once all are, is it known which one is the last.
    setImmediate(goOn);
    return true;
  }

  private end(res: ServerResponse, socket: Socket): void {
    this.connections.end(socket);
    if (this.responses.delete(res) && this.isDraining && res.writableFinished) this.served += 1;
    if (this.isClosing) this.closeIdleSoon();
  }

  private closeAfter(res: ServerResponse): void {
    // HTTP/2 has no such header: its sessions are told to go when the server closes.
    if (res.headersSent || res.req.httpVersionMajor > 1) return;
    const socket = socketOf(res);
    const isLast = (): boolean => this.latest.get(socket) === res;
    closeAfter(res, isLast, () => this.told.add(socket));
  }

  private session(session: Http2Session): void {
    this.sessions.add(session);
    session.once('close', () => this.sessions.delete(session));
    if (this.isClosing) session.close();
  }

  private upgrade(req: IncomingMessage, socket: Duplex): void {
    this.connections.release(socket as Socket);
    this.upgrades.add(socket, req);
  }

  /** After what has arrived was read, so that no request is met on its way in. */
  private closeIdleSoon(): void {
    setImmediate(() => this.connections.closeIdle());
  }
}

/** The socket of a request stays with it; that of the response is taken away when it is finished. */
function socketOf(res: ServerResponse): Socket {
  return res.req.socket;
}

/** Headers that were given to `writeHead` alone are kept nowhere but in the text of the head. */
function isEventStream(res: ServerResponse & { readonly _header?: string | null }): boolean {
  const head = res._header ?? `content-type: ${String(res.getHeader('content-type'))}`;
  return res.headersSent && /^content-type: *text\/event-stream/im.test(head);
}

/** The client comes back, to another process. */
function endStream(res: ServerResponse): void {
  // Whoever still writes to it is not to fail.
  res.on('error', () => undefined);
  res.end();
}
