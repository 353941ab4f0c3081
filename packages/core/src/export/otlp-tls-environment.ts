/** OTLP certificates: the files that OpenTelemetry's variables name, read once. */
import { readFileSync } from 'node:fs';
import { readVariable, type Environment, type Warn } from '../internal/secret-variable.js';
import type { TlsOptions } from './destination.js';

/** Variables by part, the one for logs before the general one. */
const variables = {
  ca: ['OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CERTIFICATE'],
  cert: ['OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE'],
  key: ['OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY', 'OTEL_EXPORTER_OTLP_CLIENT_KEY'],
} as const;

/** Reads the files; what cannot be read, or is half of a pair, is one warning and left out. */
export function readTlsFiles(env: Environment, warn: Warn): TlsOptions | undefined {
  const ca = readFirstFile(env, variables.ca, warn);
  const cert = readFirstFile(env, variables.cert, warn);
  const key = readFirstFile(env, variables.key, warn);
  const isPair = cert !== undefined && key !== undefined;
  if (!isPair && namesOne(env, variables.cert) !== namesOne(env, variables.key)) {
    warn('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY go together; the one is ignored');
  }
  if (ca === undefined && !isPair) return undefined;
  return { ...(ca !== undefined && { ca }), ...(isPair && { cert, key }) };
}

function namesOne(env: Environment, names: readonly string[]): boolean {
  return names.some((name) => readVariable(env, name) !== undefined);
}

function readFirstFile(env: Environment, names: readonly string[], warn: Warn): string | undefined {
  for (const name of names) {
    const path = readVariable(env, name);
    if (path === undefined) continue;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      warn(`${name} names a file that cannot be read (${code}); it is ignored`);
    }
  }
  return undefined;
}
