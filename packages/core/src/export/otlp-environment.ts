/** OTLP environment: OpenTelemetry's own variables for a logs exporter, as options. */
import { readSecret, readVariable, type Environment, type Warn } from '../internal/secret-variable.js';
import type { TlsOptions } from './destination.js';
import { readTlsFiles } from './otlp-tls-environment.js';

/** What the variables say; see https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export interface OtlpVariables {
  /** Base URL for all signals. */
  url?: string;
  /** URL for logs, used as it is; wins. */
  endpoint?: string;
  headers: Record<string, string>;
  timeoutMs?: number;
  protocol?: OtlpProtocol;
  compression?: 'gzip' | 'none';
  tls?: TlsOptions;
}

/** Encodings over HTTP; gRPC is not spoken. */
export type OtlpProtocol = 'http/protobuf' | 'http/json';

/**
 * Reads the variables; `undefined` when no endpoint is given, or when export is switched off.
 *
 * Without an endpoint nothing is sent, unlike the specification's `localhost:4318`: who set nothing wants nothing.
 */
export function readOtlpVariables(env: Environment, warn: Warn): OtlpVariables | undefined {
  const endpoint = readVariable(env, 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT');
  const url = readVariable(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if ((!endpoint && !url) || isSwitchedOff(env, warn)) return undefined;
  const first = <T>(names: readonly string[], parse: Parse<T>): T | undefined => readFirst(env, names, parse, warn);
  const timeoutMs = first(['OTEL_EXPORTER_OTLP_LOGS_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'], parseTimeout);
  const protocol = first(['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'], parseProtocol);
  const compression = first(
    ['OTEL_EXPORTER_OTLP_LOGS_COMPRESSION', 'OTEL_EXPORTER_OTLP_COMPRESSION'],
    parseCompression,
  );
  const tls = readTlsFiles(env, warn);
  return {
    ...(endpoint ? { endpoint } : url && { url }),
    headers: {
      ...readHeaders(env, 'OTEL_EXPORTER_OTLP_HEADERS', warn),
      ...readHeaders(env, 'OTEL_EXPORTER_OTLP_LOGS_HEADERS', warn),
    },
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(protocol && { protocol }),
    ...(compression && { compression }),
    ...(tls && { tls }),
  };
}

/** Exporters that the variable may name: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#exporter-selection */
const knownExporters = ['otlp', 'console', 'none', 'logging', 'otlp/stdout'];

function isSwitchedOff(env: Environment, warn: Warn): boolean {
  if (readVariable(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return true;
  const chosen = (readVariable(env, 'OTEL_LOGS_EXPORTER') ?? 'otlp').split(',').map((name) => name.trim());
  const unknown = chosen.filter((name) => name !== '' && !knownExporters.includes(name));
  if (unknown.length > 0)
    warn(`OTEL_LOGS_EXPORTER names ${shown(unknown.join(','))}, which is not known; it is ignored`);
  return !chosen.includes('otlp') || chosen.includes('none');
}

/** Gives the value, or says how one has to look. */
type Parse<T> = (text: string) => { readonly value: T } | { readonly expected: string };

/** The first variable that can be used; one that cannot counts as not set, after a warning. */
function readFirst<T>(env: Environment, names: readonly string[], parse: Parse<T>, warn: Warn): T | undefined {
  for (const name of names) {
    const text = readVariable(env, name);
    const parsed = text === undefined ? undefined : parse(text);
    if (parsed === undefined) continue;
    if ('value' in parsed) return parsed.value;
    warn(`${name} must be ${parsed.expected}, got ${shown(text ?? '')}; it is ignored`);
  }
  return undefined;
}

function parseTimeout(text: string): ReturnType<Parse<number>> {
  const value = Number(text);
  return value >= 1 && value <= 600_000 ? { value } : { expected: 'a number of milliseconds from 1 to 600000' };
}

function parseProtocol(text: string): ReturnType<Parse<OtlpProtocol>> {
  if (text === 'http/protobuf' || text === 'http/json') return { value: text };
  return { expected: "'http/protobuf' or 'http/json', for which collectors mostly have port 4318" };
}

function parseCompression(text: string): ReturnType<Parse<'gzip' | 'none'>> {
  return text === 'gzip' || text === 'none' ? { value: text } : { expected: "'gzip' or 'none'" };
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40));
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
