/** OTLP environment: OpenTelemetry's own variables for a logs exporter, as options. */
import { readSecret, readVariable, type Environment, type Warn } from '../internal/secret-variable.js';

/** What the variables say; see https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export interface OtlpVariables {
  /** Base URL for all signals. */
  url?: string;
  /** URL for logs, used as it is; wins. */
  endpoint?: string;
  headers: Record<string, string>;
  timeoutMs?: number;
}

/**
 * Reads the variables; `undefined` when no endpoint is given, or when export is switched off.
 *
 * Without an endpoint nothing is sent, unlike the specification's `localhost:4318`: who set nothing wants nothing.
 */
export function readOtlpVariables(env: Environment, warn: Warn): OtlpVariables | undefined {
  if (isSwitchedOff(env)) return undefined;
  const endpoint = readVariable(env, 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT');
  const url = readVariable(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if (!endpoint && !url) return undefined;
  const protocol =
    readVariable(env, 'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL') ?? readVariable(env, 'OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol && protocol !== 'http/json') {
    warn(`OTEL_EXPORTER_OTLP_PROTOCOL asks for ${JSON.stringify(protocol)}, but errors are sent as 'http/json'`);
  }
  const timeoutMs = readTimeout(env, warn);
  return {
    ...(endpoint ? { endpoint } : url && { url }),
    headers: {
      ...readHeaders(env, 'OTEL_EXPORTER_OTLP_HEADERS', warn),
      ...readHeaders(env, 'OTEL_EXPORTER_OTLP_LOGS_HEADERS', warn),
    },
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}

function isSwitchedOff(env: Environment): boolean {
  if (readVariable(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return true;
  const chosen = readVariable(env, 'OTEL_LOGS_EXPORTER');
  return chosen ? !chosen.split(',').some((name) => name.trim() === 'otlp') : false;
}

function readTimeout(env: Environment, warn: Warn): number | undefined {
  const name = readVariable(env, 'OTEL_EXPORTER_OTLP_LOGS_TIMEOUT')
    ? 'OTEL_EXPORTER_OTLP_LOGS_TIMEOUT'
    : 'OTEL_EXPORTER_OTLP_TIMEOUT';
  const text = readVariable(env, name);
  if (!text) return undefined;
  const timeoutMs = Number(text);
  if (timeoutMs >= 1 && timeoutMs <= 600_000) return timeoutMs;
  warn(
    `${name} must be a number of milliseconds from 1 to 600000, got ${JSON.stringify(text.slice(0, 40))}; 10000 is used`,
  );
  return undefined;
}

/** Reads `name=value,name=value`, percent-encoded; a pair that cannot be read is left out. */
function readHeaders(env: Environment, variable: string, warn: Warn): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of (readSecret(env, variable, warn) ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const separator = pair.indexOf('=');
    const name = decode(pair.slice(0, Math.max(separator, 0)));
    const value = decode(pair.slice(separator + 1));
    if (name && value !== undefined) headers[name.toLowerCase()] = value;
    else warn(`${variable} has a pair that is not name=value; it is left out`);
  }
  return headers;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}
