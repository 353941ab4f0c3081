/** Application shutdown: Nest's lifecycle hooks run once no request is under way any more, the exporters close after them. */
import type { Server } from 'node:net';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { gracefulShutdown, type GracefulShutdownOptions, type Shutdown } from '@throughline/core';
import { applicationShutdownDefaults, type Settings } from './settings.js';

/** Nest's application, as far as it can be told to close. */
export interface Closable {
  close(signal?: string): Promise<void>;
}

export class ApplicationShutdown {
  private shutdown: Shutdown | undefined;
  private signal: NodeJS.Signals | undefined;
  private isClosing = false;
  private isFinished = false;
  /** Somebody else listens to the signal, and ends the process. */
  private isLed = true;
  private readonly quiet = new Milestone();
  private readonly hooks = new Milestone();

  /** @throws {ConfigError} When an option cannot be used, or the parts do not fit into the grace period. */
  constructor(
    private readonly settings: Settings,
    private readonly application: () => Closable | undefined,
  ) {
    gracefulShutdown([], { ...this.options(), signals: [] });
  }

  /** A server that never listens needs no shutdown. */
  watch(adapter: AbstractHttpAdapter): void {
    const server = adapter.getHttpServer() as Server;
    server.on('listening', () => {
      this.shutdown?.dispose();
      this.shutdown = gracefulShutdown(server, this.options());
    });
  }

  /** Before Nest's first hook: off the network. Resolves when no request is under way any more. */
  async begin(): Promise<void> {
    const { shutdown, signal } = this;
    if (!shutdown) return;
    if (this.isClosing) return this.quiet.reached;
    this.isClosing = true;
    this.settings.isClosedElsewhere = true;
    if (signal) this.end(signal, shutdown);
    else void shutdown.shutdown('close()', { delayMs: 0 });
    await this.quiet.reached;
  }

  private end(signal: NodeJS.Signals, shutdown: Shutdown): void {
    if (!this.isLed) return shutdown.end(signal);
    shutdown.end(signal, { lingerMs: farAwayMs });
    // A hook that hangs keeps whoever leads from ending the process.
    void shutdown.shutdown().then(() => this.isFinished || shutdown.end(signal));
  }

  /** After Nest's last hook. Resolves when the errors of all that went before are sent. */
  async finish(): Promise<void> {
    this.isFinished = true;
    this.hooks.reach();
    if (!this.isClosing) return;
    await this.shutdown?.shutdown();
    // Nest raises the signal once more, to end the process with it.
    this.shutdown?.dispose();
  }

  private options(): GracefulShutdownOptions {
    const { hooksTimeoutMs = applicationShutdownDefaults.hooksTimeoutMs, ...options } = this.settings.shutdown;
    return {
      ...options,
      observability: this.settings.ending(() => this.signal !== undefined),
      hooks: [{ name: 'application', run: () => this.runHooks(), timeoutMs: hooksTimeoutMs }],
      onFirstSignal: (signal, isAlone, shutdown) => this.take(signal, isAlone, shutdown),
    };
  }

  /** When others listen, such as Nest's `enableShutdownHooks()`, it is theirs to close the application. */
  private take(signal: NodeJS.Signals, isAlone: boolean, shutdown: Shutdown): void {
    this.signal = signal;
    this.isLed = !isAlone;
    if (this.isLed) return;
    const application = this.application();
    if (application) application.close(signal).catch((error: unknown) => this.hooks.fail(error));
    else shutdown.end(signal);
  }

  private runHooks(): Promise<void> | undefined {
    this.quiet.reach();
    return this.isClosing ? this.hooks.reached : undefined;
  }
}

/** Whoever leads the end of the process has the rest of the grace period for it: longer than any. */
const farAwayMs = 2 ** 31 - 1;

/** Something that is waited for. */
class Milestone {
  reach: () => void = () => undefined;
  fail: (error: unknown) => void = () => undefined;
  readonly reached = new Promise<void>((resolve, reject) => Object.assign(this, { reach: resolve, fail: reject }));
}
