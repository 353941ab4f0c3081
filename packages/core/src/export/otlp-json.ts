/** OTLP JSON: a batch as an `ExportLogsServiceRequest`. */
import type { Attributes, Scalar } from './attributes.js';
import type { Sender } from './destination.js';
import { isoTime } from './flat-record.js';
import type { Entry } from './fold.js';

interface KeyValue {
  key: string;
  value: Record<string, Scalar>;
}

/** Log fields that have a name of their own in OpenTelemetry's semantic conventions. */
const conventions = new Map(
  Object.entries({
    method: 'http.request.method',
    path: 'url.path',
    route: 'http.route',
    status: 'http.response.status_code',
    user_id: 'user.id',
  }),
);

/** Carried by the record itself, not as attributes. */
const traceFields = new Set(['trace_id', 'span_id', 'trace_flags']);

/** Numbers of the severity levels: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const severityNumbers = { error: 17, fatal: 21 };

/** Encodes a batch: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export function encodeOtlpJson(batch: readonly Entry[], sender: Sender): string {
  const logRecords = batch.map((entry) => logRecord(entry, sender.nowMs));
  const scopeLogs = [{ scope: { name: '@throughline/core' }, logRecords }];
  return JSON.stringify({ resourceLogs: [{ resource: { attributes: keyValues(resource(sender), {}) }, scopeLogs }] });
}

function resource({ name, version, environment, host, pid, instanceId }: Sender): Record<string, Scalar | undefined> {
  return {
    'service.name': name,
    'service.version': version,
    'service.instance.id': instanceId,
    'deployment.environment.name': environment,
    // The name before semantic conventions 1.27: SigNoz and Loki users filter by it.
    'deployment.environment': environment,
    'host.name': host,
    'process.pid': pid,
    'telemetry.sdk.language': 'nodejs',
  };
}

function logRecord(entry: Entry, nowMs: number): Record<string, unknown> {
  const { record } = entry;
  return {
    timeUnixNano: unixNano(record.timeMs),
    observedTimeUnixNano: unixNano(nowMs),
    severityNumber: severityNumbers[record.level],
    severityText: record.level.toUpperCase(),
    body: { stringValue: record.message },
    attributes: keyValues(ownAttributes(entry), record.attributes),
    ...trace(record.attributes),
  };
}

function ownAttributes({ record, count, firstSeenMs, lastSeenMs }: Entry): Record<string, Scalar | undefined> {
  const { error, location } = record;
  const isRepeated = count > 1;
  return {
    'log.record.uid': record.uid,
    logger: record.logger,
    'exception.type': error?.type,
    'exception.message': error?.message,
    'exception.stacktrace': error?.stack,
    'error.code': error?.code,
    'error.cause': error?.cause,
    'code.file.path': location?.file,
    'code.line.number': location?.line,
    'code.function.name': location?.function,
    repeat_count: isRepeated ? count : undefined,
    first_seen: isRepeated ? isoTime(firstSeenMs) : undefined,
    last_seen: isRepeated ? isoTime(lastSeenMs) : undefined,
    truncated: record.truncated,
  };
}

/** Ids of the right length only: a collector refuses the whole request for a wrong one. */
function trace(attributes: Attributes): Record<string, unknown> {
  const { trace_id: traceId, span_id: spanId, trace_flags: flags } = attributes;
  if (typeof traceId !== 'string' || !/^[\da-f]{32}$/i.test(traceId)) return {};
  const number = typeof flags === 'string' ? Number.parseInt(flags, 16) : flags;
  return {
    traceId,
    ...(typeof spanId === 'string' && /^[\da-f]{16}$/i.test(spanId) && { spanId }),
    ...(Number.isInteger(number) && { flags: number }),
  };
}

/** Our attributes, then the fields of the log line under their conventional names. */
function keyValues(own: Record<string, Scalar | undefined>, fields: Attributes): KeyValue[] {
  const list: KeyValue[] = [];
  for (const [key, value] of Object.entries(own)) {
    if (value !== undefined) list.push({ key, value: anyValue(value) });
  }
  for (const [key, value] of Object.entries(fields)) {
    if (!traceFields.has(key)) list.push({ key: conventions.get(key) ?? key, value: anyValue(value) });
  }
  return list;
}

function anyValue(value: Scalar): Record<string, Scalar> {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Nanoseconds do not fit a number; milliseconds with six zeros do fit a text. */
function unixNano(timeMs: number): string {
  return `${Math.floor(timeMs)}000000`;
}
