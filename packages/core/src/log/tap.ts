/** Tap: what OpenTelemetry's instrumentation of pino puts before a destination, to send every line by itself as well. */
import type { DestinationStream } from 'pino';

/** What pino's `multistream` keeps of one of its destinations. */
interface Branch {
  stream: DestinationStream;
}

/**
 * The branch of a tap that leads to the destination; `undefined` when there is no tap.
 *
 * @param stream What a logger writes to that was made with this destination.
 */
export function branchTo(destination: DestinationStream, stream: unknown): Branch | undefined {
  return stream === destination ? undefined : branchesOf(stream).find((branch) => branch.stream === destination);
}

/** Whether OpenTelemetry sends what a logger writes to this. */
export function isTapped(stream: unknown): boolean {
  return branchesOf(stream).some(isOpenTelemetry) && sendsLogRecords();
}

/** There is nothing but its name to know it by. */
function isOpenTelemetry({ stream }: Branch): boolean {
  return (stream.constructor as { readonly name?: string } | undefined)?.name === 'OTelPinoStream';
}

function branchesOf(stream: unknown): readonly Branch[] {
  const { streams } = stream as { readonly streams?: readonly Branch[] };
  return Array.isArray(streams) ? streams : [];
}

/** Where the versions of OpenTelemetry's API keep whoever takes log records; without one a tap leads nowhere. */
const apiKey = Symbol.for('opentelemetry.js.api.1');
const logsApiKey = Symbol.for('io.opentelemetry.js.api.logs');

function sendsLogRecords(): boolean {
  const known = globalThis as Readonly<Record<symbol, { readonly logs?: unknown } | undefined>>;
  return known[apiKey]?.logs !== undefined || known[logsApiKey] !== undefined;
}

export const sentTwice: string =
  "OpenTelemetry's instrumentation of pino sends every line, so errors may arrive twice; " +
  'give it disableLogSending: true, or createObservability() exporters: []';
