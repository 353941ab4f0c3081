/** OTLP JSON: logs as a JSON `ExportLogsServiceRequest`. */
import type { Scalar } from './attributes.js';
import { isInt64, type OtlpAttributes, type OtlpLogs, type OtlpRecord } from './otlp-logs.js';

interface KeyValue {
  key: string;
  value: Record<string, Scalar>;
}

/** Writes logs as JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export function writeOtlpJson({ resource, scope, records }: OtlpLogs): string {
  const scopeLogs = [{ scope: { name: scope }, logRecords: records.map(logRecord) }];
  return JSON.stringify({ resourceLogs: [{ resource: { attributes: keyValues(resource) }, scopeLogs }] });
}

function logRecord(record: OtlpRecord): Record<string, unknown> {
  return {
    timeUnixNano: unixNano(record.timeMs),
    observedTimeUnixNano: unixNano(record.observedMs),
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    body: { stringValue: record.body },
    attributes: keyValues(record.attributes),
    ...record.trace,
  };
}

function keyValues(attributes: OtlpAttributes): KeyValue[] {
  const list: KeyValue[] = [];
  for (const [key, value] of attributes) list.push({ key, value: anyValue(value) });
  return list;
}

function anyValue(value: Scalar): Record<string, Scalar> {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (!isInt64(value)) return { doubleValue: value };
  // A text of all digits: the shortest one of a large number, which `String` writes, is another integer.
  return { intValue: Number.isSafeInteger(value) ? String(value) : BigInt(value).toString() };
}

/** Nanoseconds do not fit a number; milliseconds with six zeros do fit a text. */
function unixNano(timeMs: number): string {
  return timeMs === 0 ? '0' : `${timeMs}000000`;
}
