/** OTLP protobuf: logs as a binary `ExportLogsServiceRequest`. */
import type { Scalar } from './attributes.js';
import { isInt64, type OtlpAttributes, type OtlpLogs, type OtlpRecord } from './otlp-logs.js';
import { ProtobufWriter } from './protobuf-writer.js';

/** Room for some sixty errors of a usual size. */
const firstCapacity = 65_536;

// Numbers of the fields: https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto
const request = { resourceLogs: 1 };
const resourceLogs = { resource: 1, scopeLogs: 2 };
const resource = { attributes: 1 };
const scopeLogs = { scope: 1, logRecords: 2 };
const scope = { name: 1 };
const logRecord = {
  timeUnixNano: 1,
  severityNumber: 2,
  severityText: 3,
  body: 5,
  attributes: 6,
  flags: 8,
  traceId: 9,
  spanId: 10,
  observedTimeUnixNano: 11,
};
const keyValue = { key: 1, value: 2 };
const anyValue = { stringValue: 1, boolValue: 2, intValue: 3, doubleValue: 4 };

/** Writes logs in the binary encoding of protocol buffers. */
export function writeOtlpProtobuf(logs: OtlpLogs): Uint8Array {
  const writer = new ProtobufWriter(firstCapacity);
  const all = writer.open(request.resourceLogs);
  const aboutResource = writer.open(resourceLogs.resource);
  writeAttributes(writer, resource.attributes, logs.resource);
  writer.close(aboutResource);
  const ofScope = writer.open(resourceLogs.scopeLogs);
  const aboutScope = writer.open(scopeLogs.scope);
  writer.text(scope.name, logs.scope);
  writer.close(aboutScope);
  for (const record of logs.records) writeRecord(writer, record);
  writer.close(ofScope);
  writer.close(all);
  return writer.finish();
}

function writeRecord(writer: ProtobufWriter, record: OtlpRecord): void {
  const { trace } = record;
  const start = writer.open(scopeLogs.logRecords);
  writer.fixed64(logRecord.timeUnixNano, unixNano(record.timeMs));
  writer.fixed64(logRecord.observedTimeUnixNano, unixNano(record.observedMs));
  writer.uint(logRecord.severityNumber, record.severityNumber);
  writer.text(logRecord.severityText, record.severityText);
  const body = writer.open(logRecord.body);
  writer.text(anyValue.stringValue, record.body);
  writer.close(body);
  writeAttributes(writer, logRecord.attributes, record.attributes);
  if (trace !== undefined) writer.hex(logRecord.traceId, trace.traceId);
  if (trace?.spanId !== undefined) writer.hex(logRecord.spanId, trace.spanId);
  if (trace?.flags !== undefined) writer.fixed32(logRecord.flags, trace.flags);
  writer.close(start);
}

function writeAttributes(writer: ProtobufWriter, field: number, attributes: OtlpAttributes): void {
  for (const [key, value] of attributes) {
    const pair = writer.open(field);
    writer.text(keyValue.key, key);
    const content = writer.open(keyValue.value);
    writeValue(writer, value);
    writer.close(content);
    writer.close(pair);
  }
}

function writeValue(writer: ProtobufWriter, value: Scalar): void {
  if (typeof value === 'string') writer.text(anyValue.stringValue, value);
  else if (typeof value === 'boolean') writer.uint(anyValue.boolValue, value ? 1 : 0);
  else if (isInt64(value)) writer.int64(anyValue.intValue, value);
  else writer.double(anyValue.doubleValue, value);
}

/** Nanoseconds do not fit a number. */
function unixNano(timeMs: number): bigint {
  return BigInt(timeMs) * 1_000_000n;
}
