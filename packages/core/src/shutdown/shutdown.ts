/** Shutdown: begun once, by a signal or by hand, and the same for all who ask for it. */
import type { Server } from 'node:net';
import { isatty } from 'node:tty';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../internal/clock.js';
import { holdProcess } from '../internal/hold-process.js';
import { invalidOption } from '../internal/options.js';
import { completeShutdown } from './options.js';
import type { GracefulShutdownOptions, ShutDownApplication, Shutdown, ShutdownSettings } from './options.js';
import { exitCodeOf, type OwnProcess, ownProcess } from './own-process.js';
import { reportFields, type ShutdownReport } from './report.js';
import { runSequence, type Scene } from './sequence.js';
import { Traffic } from './traffic.js';

/** After a shutdown nothing should keep the process alive. What does has so long to end by itself. */
const defaultLingerMs = 200;

/** Where a shutdown takes place. */
export interface Surroundings {
  readonly clock: Clock;
  readonly process: OwnProcess;
  /** Whether a person at a terminal is waiting. */
  readonly isInteractive: boolean;
}

export const surroundings: Surroundings = {
  clock: systemClock,
  process: ownProcess,
  get isInteractive() {
    return isatty(0);
  },
};

/**
 * Watches the servers and the signals.
 *
 * @throws {ConfigError} When an option cannot be used, or the parts do not fit into the grace period.
 */
export function createShutdown(
  servers: readonly Server[],
  options: GracefulShutdownOptions,
  fallback: () => ShutDownApplication,
  around: Surroundings = surroundings,
): Shutdown {
  const settings = completeShutdown(options);
  for (const server of servers) requireServer(server);
  return new RunningShutdown(servers, settings, () => options.observability ?? fallback(), around);
}

class RunningShutdown implements Shutdown {
  private readonly traffic: readonly Traffic[];
  private readonly endWatch: readonly (() => void)[];
  private running: Promise<ShutdownReport> | undefined;
  private isSignalled = false;

  constructor(
    private readonly servers: readonly Server[],
    private readonly settings: ShutdownSettings,
    private readonly observability: () => ShutDownApplication,
    private readonly around: Surroundings,
  ) {
    const report = (error: unknown): void => this.logger.error({ err: error }, 'onDrainSocket failed');
    this.traffic = servers.map((server) => new Traffic(server, report));
    this.endWatch = this.traffic.map((server) => server.watch());
    for (const signal of settings.signals) around.process.on(signal, this.onSignal);
    for (const server of servers) server.on('close', this.onClosed);
  }

  // Bound, so that each may be taken out of the object and used alone.
  readonly shutdown: Shutdown['shutdown'] = (reason = 'shutdown()', { delayMs = this.settings.delayMs } = {}) => {
    this.running ??= this.run(reason, delayMs);
    return this.running;
  };

  readonly end: Shutdown['end'] = (signal, { lingerMs = defaultLingerMs } = {}) => {
    const { process, clock, isInteractive } = this.around;
    const { exitCode, delayMs } = this.settings;
    const isCtrlC = signal === 'SIGINT' && isInteractive;
    this.isSignalled = true;
    void this.shutdown(signal, { delayMs: isCtrlC ? 0 : delayMs }).then(() => {
      process.setExitCode(exitCode);
      clock.after(lingerMs, () => {
        this.logger.warn({ resources: process.activeResources() }, 'something kept the process alive; it was ended');
        process.end(exitCode);
      });
    });
  };

  readonly dispose: Shutdown['dispose'] = () => {
    for (const signal of this.settings.signals) this.around.process.off(signal, this.onSignal);
    for (const end of this.endWatch) end();
    for (const server of this.servers) server.off('close', this.onClosed);
  };

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    if (this.isSignalled) return this.around.process.end(exitCodeOf(signal));
    this.isSignalled = true;
    this.settings.onFirstSignal(signal, this.around.process.listenerCount(signal) === 1, this);
  };

  /** Somebody else has closed the servers: there is nothing left to shut down. */
  private readonly onClosed = (): void => {
    if (!this.running && this.servers.every((server) => !server.listening)) this.dispose();
  };

  private get logger(): Logger {
    return this.observability().getLogger('shutdown');
  }

  /** Whoever shuts down by hand is given the report. */
  private tell(fields: object, message: string): void {
    if (this.isSignalled) this.logger.info(fields, message);
  }

  private async run(reason: string, delayMs: number): Promise<ShutdownReport> {
    const { settings, traffic, around } = this;
    this.tell({ reason, delay_ms: delayMs }, 'shutdown begins');
    const scene: Scene = { settings, observability: this.observability(), traffic, clock: around.clock };
    const done = await holdProcess(runSequence(scene, reason, delayMs));
    await nextTurn();
    const report = { ...done, keptAliveBy: around.process.activeResources() };
    this.tell(reportFields(report), 'shutdown complete');
    // After a signal the next one is still to end the process at once.
    if (!this.isSignalled) this.dispose();
    return report;
  }
}

/** By then the handles are gone that were closed just now. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

function requireServer(server: Partial<Server> | undefined): void {
  if (typeof server?.close === 'function' && typeof server.emit === 'function') return;
  throw invalidOption('server', "what http.createServer() or the framework's listen() returned", typeof server);
}
