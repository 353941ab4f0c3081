/** Observability: its parts, wired together. */
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import { findSpansBy } from './context/active-span.js';
import type { ContextScope } from './context/request-context.js';
import { runOutsideContext } from './context/run.js';
import {
  exportersFromEnvironment,
  logFromEnvironment,
  serviceFromEnvironment,
  spoolFromEnvironment,
} from './environment.js';
import { createExporterCore, type ExporterCore } from './export/exporter.js';
import { isHandover } from './export/handover.js';
import { warnOfProxies } from './export/proxy-environment.js';
import { createHealth, type Health } from './health/health.js';
import type { HealthChange } from './health/outage.js';
import { sayOnce } from './http/say-once.js';
import { Tally } from './http/tally.js';
import { withDefaults } from './internal/options.js';
import { createRedactor, type Redactor } from './internal/redact.js';
import { serviceInfo, type ServiceInfo } from './internal/service.js';
import { capture } from './log/capture.js';
import { standardOutput } from './log/destination.js';
import { FlightRecorder } from './log/flight-recorder.js';
import { Levels } from './log/levels.js';
import { Log, type LogSettings } from './log/log.js';
import { Sampling } from './log/sampling.js';
import { sentTwice } from './log/tap.js';
import {
  type Observability,
  observabilityDefaults,
  type ObservabilityOptions,
  type ObservabilityProblem,
  type ObservabilityStatus,
  requireUsable,
} from './observability-options.js';

export class AssembledObservability implements Observability {
  service: ServiceInfo;
  redactor: Redactor;
  readonly health: Health;
  readonly tally: Tally = new Tally();
  private readonly log: Log;
  private exporter: ExporterCore;
  private healthDeadlineMs: number | undefined;
  /** What took errors before these options came, while it sends the last of them. */
  private replaced: ExporterCore | undefined;
  private endWatch: () => void = () => undefined;
  /** A closed one makes room for another. */
  isClosed = false;

  constructor(options: ObservabilityOptions) {
    const { settings, exporter, warnings } = this.assemble(options);
    this.service = settings.service;
    this.redactor = settings.redactor;
    this.exporter = exporter;
    this.log = new Log(settings);
    this.healthDeadlineMs = options.health?.deadlineMs;
    this.health = createHealth(this.healthOptions(options));
    this.watch(options, settings);
    this.warn(warnings);
  }

  get logger(): Logger {
    return this.log.logger;
  }

  /** Takes on other options, or none when it throws; nothing that was handed out before has to be asked for again. */
  configure(options: ObservabilityOptions): void {
    const { settings, exporter, warnings } = this.assemble(options);
    this.configureHealth(options.health);
    this.retire(this.exporter);
    this.log.configure(settings);
    this.service = settings.service;
    this.redactor = settings.redactor;
    this.exporter = exporter;
    this.watch(options, settings);
    this.warn(warnings);
  }

  getLogger(name: string): Logger {
    return this.log.getLogger(name);
  }

  loggerFor(scope: ContextScope): Logger {
    return this.log.loggerFor(scope);
  }

  allowOwnLevels(): void {
    this.log.allowOwnLevels();
  }

  setLevel(name: string | undefined, level: string): void {
    this.log.setLevel(name, level);
  }

  redirectLogs(destination: DestinationStream): () => void {
    return this.log.redirect(destination);
  }

  pinoOptions<T extends LoggerOptions>(options?: T): T & LoggerOptions {
    return this.log.pinoOptions(options ?? ({} as T));
  }

  recordError(error: unknown, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.log.recordError(error, message, fields);
  }

  status(): ObservabilityStatus {
    const spool = this.exporter.spoolStatus();
    return { service: this.service, exporters: this.exporter.status(), ...(spool && { spool }) };
  }

  ready(options?: { timeoutMs?: number }): Promise<void> {
    return this.health.ready(options);
  }

  async flush(options?: { timeoutMs?: number }): Promise<boolean> {
    const areOut = await Promise.all([this.replaced?.flush(options), this.exporter.flush(options)]);
    return !areOut.includes(false);
  }

  async close(options?: { timeoutMs?: number }): Promise<void> {
    this.isClosed = true;
    this.endWatch();
    this.log.close();
    this.health.drain();
    await Promise.all([this.replaced?.flush(options), this.exporter.close(options)]);
  }

  private retire(exporter: ExporterCore): void {
    this.replaced = exporter;
    void exporter.close().then(() => (this.replaced = undefined));
  }

  private watch(options: ObservabilityOptions, { redactor }: LogSettings): void {
    const { captureUncaught = observabilityDefaults.captureUncaught, log = {} } = options;
    this.endWatch();
    const { captureConsole = observabilityDefaults.captureConsole } = log;
    const endCapture = capture({ captureUncaught, captureConsole }, (name) => this.getLogger(name), redactor);
    const handovers = (options.exporters ?? []).filter(isHandover);
    const endSpans = findSpansBy(...handovers.flatMap(({ activeSpan }) => activeSpan ?? []));
    this.endWatch = () => (endCapture(), endSpans());
  }

  /** Everything that the options decide, made anew. */
  private assemble(options: ObservabilityOptions): Assembly {
    requireUsable(options);
    const warnings: string[] = [];
    const warn = (sentence: string): void => void warnings.push(sentence);
    const service = serviceInfo(
      withDefaults<ServiceInfo>(serviceFromEnvironment(process.env, warn), options.service ?? {}),
    );
    const redactor = createRedactor(options.redact);
    const onProblem = (problem: ObservabilityProblem): void => this.tell(problem, options.onProblem);
    const destinations = options.exporters ?? exportersFromEnvironment(process.env, warn);
    warnOfProxies(destinations, process.env, warn);
    const spool = options.spool ?? spoolFromEnvironment(process.env, warn);
    if (spool && destinations.every(isHandover))
      warn('there is a spool but no exporter that needs it; no error is kept there');
    const exporter = createExporterCore({ destinations, service, redactor, onProblem, ...(spool && { spool }) });
    const environment = logFromEnvironment(process.env, warn);
    const {
      level = environment.level,
      levels = environment.levels,
      userFields = observabilityDefaults.userFields,
      destination,
      flightRecorder,
      sample,
    } = options.log ?? {};
    const onFailure = (reason: unknown): void => onProblem({ code: 'LOG_LINE_FAILED', message: String(reason) });
    const settings: LogSettings = {
      service,
      levels: new Levels(level, levels),
      userFields,
      destination: destination ?? standardOutput(environment.pretty, warn),
      redactor,
      onLine: (line) => this.tally.countLine(line),
      recorder: flightRecorder && new FlightRecorder(flightRecorder, onFailure),
      sampling: sample && new Sampling(sample),
      // Sockets and timers of the exporter outlive the request; they must not keep its context.
      onError: exporter.active ? (logged) => runOutsideContext(() => exporter.offer(logged)) : undefined,
      onTapped: destinations.every(isHandover) ? undefined : () => sayOnce(this, sentTwice),
      onFailure,
    };
    return { settings, exporter, warnings };
  }

  /** Takes on the deadline, which its checks are judged by, and keeps the one before when one of them is refused. */
  private configureHealth({ checks = {}, deadlineMs }: NonNullable<ObservabilityOptions['health']> = {}): void {
    const before = this.healthDeadlineMs;
    this.healthDeadlineMs = deadlineMs;
    try {
      this.health.registerAll(checks);
    } catch (error) {
      this.healthDeadlineMs = before;
      throw error;
    }
  }

  private healthOptions(options: ObservabilityOptions): Parameters<typeof createHealth>[0] {
    const version = (): string | undefined => this.service.version;
    const deadlineMs = (): number | undefined => this.healthDeadlineMs;
    return {
      get version() {
        return version();
      },
      get deadlineMs() {
        return deadlineMs();
      },
      checks: options.health?.checks ?? {},
      onChange: (change) => {
        this.tally.countHealthChange(change);
        logHealthChange(this.getLogger('health'), change);
      },
    };
  }

  /** Tells of trouble; a listener that throws must not reach those who report to it. */
  private tell(problem: ObservabilityProblem, listener: ObservabilityOptions['onProblem']): void {
    try {
      // A line that could not be written must not cause another one.
      if (problem.code !== 'LOG_LINE_FAILED') this.getLogger('throughline').debug({ ...problem }, problem.message);
      listener?.(problem);
    } catch {
      // Nobody is left to tell.
    }
  }

  private warn(sentences: readonly string[]): void {
    for (const sentence of sentences) this.getLogger('throughline').warn(sentence);
  }
}

interface Assembly {
  readonly settings: LogSettings;
  readonly exporter: ExporterCore;
  readonly warnings: readonly string[];
}

/** Once down, once back: probes come every few seconds. The driver's error may name hosts, so only the code is told. */
function logHealthChange(logger: Logger, change: HealthChange): void {
  const { name, required, status } = change;
  if (status === 'ok')
    logger.info({ check: name, required, outage_ms: Math.round(change.outageMs) }, 'dependency is back');
  else logger.warn({ check: name, required, code: change.code }, 'dependency is down');
}
