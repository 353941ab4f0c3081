/** OTLP decoder: reads and writes the protocol's messages by OpenTelemetry's own `.proto` files, with a library of others. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';

// The last package of OpenTelemetry on npm that ships the files themselves; what is read here has not changed since.
const require = createRequire(import.meta.url);
const protos = join(dirname(require.resolve('@opentelemetry/otlp-grpc-exporter-base/package.json')), 'build', 'protos');

const root = new protobuf.Root();
root.resolvePath = (_, target) => join(protos, target);
root.loadSync('opentelemetry/proto/collector/logs/v1/logs_service.proto');
const logsRequest = root.lookupType('opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest');

/** Of later files, and of google.rpc: https://github.com/open-telemetry/opentelemetry-proto/blob/v1.5.0/opentelemetry/proto/collector/logs/v1/logs_service.proto */
const { root: laterRoot } = protobuf.parse(`
  syntax = "proto3";
  message ExportLogsServiceResponse { ExportLogsPartialSuccess partial_success = 1; }
  message Status { int32 code = 1; string message = 2; }
  message ExportLogsPartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }
`);
const logsResponse = laterRoot.lookupType('ExportLogsServiceResponse');
const failureStatus = laterRoot.lookupType('Status');

export type AnyValue = Record<string, string | number | boolean>;

export interface KeyValue {
  key: string;
  value: AnyValue;
}

export interface LogRecord {
  timeUnixNano: string;
  observedTimeUnixNano: string;
  severityNumber: number;
  severityText: string;
  body: AnyValue;
  attributes: KeyValue[];
  traceId?: string;
  spanId?: string;
  flags?: number;
}

/** An `ExportLogsServiceRequest` in the names and forms of the protocol's JSON encoding. */
export interface LogsRequest {
  resourceLogs: {
    resource: { attributes: KeyValue[] };
    scopeLogs: { scope: { name: string }; logRecords: LogRecord[] }[];
  }[];
}

/** Decodes a binary request; refuses bytes that are none, and text that is not UTF-8. */
export function decodeLogs(bytes: Uint8Array): LogsRequest {
  const message = logsRequest.decode(bytes);
  const object = logsRequest.toObject(message, { longs: String, bytes: Array });
  return JSON.parse(JSON.stringify(object, hexIds)) as LogsRequest;
}

/** The JSON encoding writes these two in hexadecimal digits. */
function hexIds(key: string, value: unknown): unknown {
  return key === 'traceId' || key === 'spanId' ? Buffer.from(value as number[]).toString('hex') : value;
}

/** Encodes a binary answer. */
export function encodeAnswer(partialSuccess: { rejectedLogRecords?: number; errorMessage?: string }): Uint8Array {
  return logsResponse.encode(logsResponse.fromObject({ partialSuccess })).finish();
}

/** Encodes what a server says of a request that failed. */
export function encodeStatus(message: string): Uint8Array {
  return failureStatus.encode({ code: 3, message }).finish();
}

/** Attributes as an object; integers, which the protocol writes as text, as numbers. */
export function plainAttributes(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      'intValue' in value ? Number(value['intValue']) : Object.values(value)[0],
    ]),
  );
}
