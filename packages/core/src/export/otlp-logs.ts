/** OTLP logs: a batch in the terms of the protocol, the one model that both encodings write. */
import type { Attributes, Scalar } from './attributes.js';
import type { Sender } from './destination.js';
import { isoTime } from './flat-record.js';
import type { Entry } from './fold.js';

/** What an `ExportLogsServiceRequest` of ours holds: one resource, one scope, its records. */
export interface OtlpLogs {
  readonly resource: OtlpAttributes;
  readonly scope: string;
  readonly records: readonly OtlpRecord[];
}

export interface OtlpRecord {
  /** Milliseconds since the epoch, whole. */
  readonly timeMs: number;
  readonly observedMs: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: OtlpAttributes;
  readonly trace: OtlpTrace | undefined;
}

/** Ids in hexadecimal digits, of the right length. */
export interface OtlpTrace {
  readonly traceId: string;
  readonly spanId: string | undefined;
  readonly flags: number | undefined;
}

/** Each key once, as the data model demands; numbers are finite. */
export type OtlpAttributes = ReadonlyMap<string, Scalar>;

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

const maxTimeMs = Math.floor(2 ** 64 / 1e6) - 1;

/** Puts a batch into the terms of the protocol. */
export function otlpLogs(batch: readonly Entry[], sender: Sender): OtlpLogs {
  const observedMs = wholeMs(sender.nowMs);
  const records = batch.map((entry) => otlpRecord(entry, observedMs));
  return { resource: resource(sender), scope: '@throughline/core', records };
}

function resource({ name, version, environment, host, pid, instanceId }: Sender): OtlpAttributes {
  return attributesOf({
    'service.name': name,
    'service.version': version,
    'service.instance.id': instanceId,
    'deployment.environment.name': environment,
    // The name before semantic conventions 1.27: SigNoz and Loki users filter by it.
    'deployment.environment': environment,
    'host.name': host,
    'process.pid': pid,
    'telemetry.sdk.language': 'nodejs',
  });
}

function otlpRecord(entry: Entry, observedMs: number): OtlpRecord {
  const { record } = entry;
  return {
    timeMs: wholeMs(record.timeMs),
    observedMs,
    severityNumber: severityNumbers[record.level],
    severityText: record.level.toUpperCase(),
    body: record.message,
    attributes: withFields(ownAttributes(entry), record.attributes),
    trace: traceOf(record.attributes),
  };
}

function ownAttributes({ record, count, firstSeenMs, lastSeenMs }: Entry): Map<string, Scalar> {
  const { error, location } = record;
  const isRepeated = count > 1;
  return attributesOf({
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
  });
}

function attributesOf(values: Readonly<Record<string, Scalar | undefined>>): Map<string, Scalar> {
  const attributes = new Map<string, Scalar>();
  for (const key in values) {
    const value = values[key];
    if (value !== undefined) attributes.set(key, finite(value));
  }
  return attributes;
}

/** Adds the fields of the log line under their conventional names; they give way to ours. */
function withFields(own: Map<string, Scalar>, fields: Attributes): OtlpAttributes {
  for (const key in fields) {
    const value = fields[key];
    const name = conventions.get(key) ?? key;
    if (value !== undefined && !traceFields.has(key) && !own.has(name)) own.set(name, finite(value));
  }
  return own;
}

/** What is no number in JSON goes as a text, in protobuf too: one error must not look different in the two. */
function finite(value: Scalar): Scalar {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Ids of the right length only: a collector refuses the whole request for a wrong one. */
function traceOf({ trace_id: traceId, span_id: spanId, trace_flags: flags }: Attributes): OtlpTrace | undefined {
  if (typeof traceId !== 'string' || !/^[\da-f]{32}$/i.test(traceId)) return undefined;
  const number = typeof flags === 'string' ? Number.parseInt(flags, 16) : flags;
  return {
    traceId,
    spanId: typeof spanId === 'string' && /^[\da-f]{16}$/i.test(spanId) ? spanId : undefined,
    flags: typeof number === 'number' && number >= 0 && number <= 255 ? Math.floor(number) : undefined,
  };
}

/** The protocol has no time before 1970, nor one whose nanoseconds take more than 64 bits. */
function wholeMs(timeMs: number): number {
  return timeMs > 0 ? Math.min(Math.floor(timeMs), maxTimeMs) : 0;
}

/** Whether a number goes as an integer of 64 bits; 2 ** 63 itself is one too many. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
}
