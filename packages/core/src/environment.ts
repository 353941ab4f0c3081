/** Environment: what its variables say, as options; a mistake in one is a sentence, never a crash. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Destination } from './export/destination.js';
import type { SpoolSettings } from './export/spool/create-spool.js';
import { lokiFromEnvironment } from './exporters/loki.js';
import { openobserveFromEnvironment } from './exporters/openobserve.js';
import { otlpFromEnvironment } from './exporters/otlp.js';
import { sentryFromEnvironment } from './exporters/sentry.js';
import { levelNames } from './log/levels.js';
import { applicationFolder } from './internal/application.js';
import { serviceInfo, type ServiceInfo } from './internal/service.js';

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;
/** Takes a sentence about a variable that cannot be used. */
export type Warn = (sentence: string) => void;

/** `LOG_LEVEL`, `LOG_LEVELS` and `LOG_PRETTY`. */
export interface LogEnvironment {
  readonly level: string;
  readonly levels: Readonly<Record<string, string>>;
  /** `undefined` when nobody said, and the terminal decides. */
  readonly pretty: boolean | undefined;
}

export function logFromEnvironment(env: EnvironmentVariables, warn: Warn): LogEnvironment {
  const levels: Record<string, string> = {};
  let level = 'info';
  const settings = [env['LOG_LEVEL'], ...(env['LOG_LEVELS'] ?? '').split(',')].filter((text) => text?.trim());
  for (const setting of settings as string[]) {
    const at = setting.indexOf('=');
    const name = at === -1 ? undefined : setting.slice(0, at).trim();
    const wanted = setting
      .slice(at + 1)
      .trim()
      .toLowerCase();
    if (name === '' || !levelNames.includes(wanted))
      warn(`${JSON.stringify(setting)} in LOG_LEVEL or LOG_LEVELS is ignored; levels are ${levelNames.join(', ')}`);
    else if (name === undefined) level = wanted;
    else levels[name] = wanted;
  }
  return { level, levels, pretty: prettyFromEnvironment(env['LOG_PRETTY'], warn) };
}

function prettyFromEnvironment(text: string | undefined, warn: Warn): boolean | undefined {
  const wanted = text?.trim().toLowerCase();
  if (!wanted) return undefined;
  if (wanted === 'true' || wanted === 'false') return wanted === 'true';
  warn(`LOG_PRETTY must be 'true' or 'false', got ${JSON.stringify(text)}; it is ignored`);
  return undefined;
}

/**
 * Who this process is: `OTEL_SERVICE_NAME`, then `OTEL_RESOURCE_ATTRIBUTES`, then the application's `package.json`,
 * with `NODE_ENV` as the environment.
 */
export function serviceFromEnvironment(env: EnvironmentVariables, warn: Warn): ServiceInfo {
  const resource = resourceAttributes(env['OTEL_RESOURCE_ATTRIBUTES'], warn);
  const manifest = nearestManifest();
  const version = resource['service.version'] ?? manifest.version;
  const environment =
    resource['deployment.environment.name'] ?? resource['deployment.environment'] ?? (env['NODE_ENV'] || undefined);
  const name = env['OTEL_SERVICE_NAME'] || resource['service.name'] || manifest.name || 'unknown_service:node';
  return serviceInfo({ name, version, environment });
}

/** The destinations that the environment configures; none when it says nothing. */
export function exportersFromEnvironment(env: EnvironmentVariables, warn: Warn): Destination[] {
  const readers = [openobserveFromEnvironment, otlpFromEnvironment, lokiFromEnvironment, sentryFromEnvironment];
  const found = readers.map((read) => read(env, warn));
  return found.filter((destination) => destination !== undefined);
}

/** `THROUGHLINE_SPOOL_DIR`: where errors are kept on disk, or nothing. */
export function spoolFromEnvironment(env: EnvironmentVariables, warn: Warn): SpoolSettings | undefined {
  const directory = env['THROUGHLINE_SPOOL_DIR']?.trim();
  if (!directory) return undefined;
  if (isAbsolute(directory)) return { directory };
  warn(`THROUGHLINE_SPOOL_DIR must be an absolute path, got ${JSON.stringify(directory)}; errors wait in memory alone`);
  return undefined;
}

/** `THROUGHLINE_SHUTDOWN_DELAY_MS` and `THROUGHLINE_GRACE_PERIOD_MS`: what a deployment knows of a shutdown. */
export function shutdownFromEnvironment(
  env: EnvironmentVariables,
  warn: Warn,
): { delayMs?: number; gracePeriodMs?: number } {
  const milliseconds = (name: string, text = ''): number | undefined => {
    if (text.trim() === '') return undefined;
    if (/^\d{1,9}$/.test(text.trim())) return Number(text);
    warn(`${name} must be a whole number of milliseconds, got ${JSON.stringify(text)}; it is ignored`);
    return undefined;
  };
  const delayMs = milliseconds('THROUGHLINE_SHUTDOWN_DELAY_MS', env['THROUGHLINE_SHUTDOWN_DELAY_MS']);
  const gracePeriodMs = milliseconds('THROUGHLINE_GRACE_PERIOD_MS', env['THROUGHLINE_GRACE_PERIOD_MS']);
  return { ...(delayMs !== undefined && { delayMs }), ...(gracePeriodMs !== undefined && { gracePeriodMs }) };
}

/** `key=value,…` with percent-encoding; the whole is dropped on any mistake: https://opentelemetry.io/docs/specs/otel/resource/sdk/ */
function resourceAttributes(text: string | undefined, warn: Warn): Record<string, string> {
  try {
    const pairs = (text ?? '').split(',').filter((pair) => pair.trim() !== '');
    return Object.fromEntries(pairs.map((pair) => halves(pair).map(decodeURIComponent) as [string, string]));
  } catch {
    warn('OTEL_RESOURCE_ATTRIBUTES is ignored; it must be key=value pairs, percent-encoded and separated by commas');
    return {};
  }
}

function halves(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw new Error('a pair needs a key');
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

/** A build puts a nameless `package.json` into its output, to say that it is of one kind of module or the other. */
function nearestManifest(): Manifest {
  for (let folder = applicationFolder(); ; folder = dirname(folder)) {
    const { name, version } = readManifest(folder);
    if (typeof name === 'string') return { name, ...(typeof version === 'string' && { version }) };
    if (folder === dirname(folder)) return {};
  }
}

function readManifest(folder: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
