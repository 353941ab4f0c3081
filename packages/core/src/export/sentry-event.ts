/** Sentry event: an entry as one envelope, and what is said of it to a Sentry SDK. */
import { createHash } from 'node:crypto';
import type { Attributes } from './attributes.js';
import type { Sender } from './destination.js';
import { flatRecord, isoTime } from './flat-record.js';
import type { Entry } from './fold.js';
import { truncateRecord } from './record.js';
import { exceptionValues } from './sentry-exception.js';

/** Most bytes of an event: https://develop.sentry.dev/sdk/foundations/envelopes/#size-limits */
const maxEventBytes = 1_000_000;

/** What Sentry has a place of its own for. */
const placed = new Set(
  (
    'level message logger service version env host request_id user_id trace_id span_id trace_flags ' +
    'error_type error_message error_stack error_cause code_file code_line code_function'
  ).split(' '),
);

/** What goes with an event whoever writes it, Sentry's SDK or we: redacted, as everything in a record. */
export interface SentryScope {
  readonly level: 'error' | 'fatal';
  readonly tags: Record<string, string>;
  readonly user?: { id: string };
  readonly extra: Record<string, unknown>;
}

export function sentryScope(entry: Entry, sender: Sender): SentryScope {
  const { logger, level, attributes } = entry.record;
  const { request_id: requestId, user_id: userId } = attributes;
  const extra = Object.entries(flatRecord(entry, sender)).filter(
    ([key, value]) => !placed.has(key) && value !== undefined,
  );
  return {
    level,
    tags: {
      service: sender.name,
      ...(logger !== undefined && { logger }),
      ...(requestId !== undefined && { request_id: String(requestId) }),
    },
    ...(userId !== undefined && { user: { id: String(userId) } }),
    extra: Object.fromEntries(extra),
  };
}

/** Who the events are from, where the options say so. */
export interface SentryOrigin {
  readonly release?: string | undefined;
  readonly environment?: string | undefined;
}

/** Writes an envelope with one event, all that an envelope can hold: https://develop.sentry.dev/sdk/foundations/envelopes/ */
export function encodeEnvelope(entry: Entry, sender: Sender, origin: SentryOrigin): string {
  const eventId = eventIdOf(entry.record.uid);
  let event = eventJson(eventId, entry, sender, origin);
  if (Buffer.byteLength(event) > maxEventBytes) {
    event = eventJson(eventId, { ...entry, record: truncateRecord(entry.record) }, sender, origin);
  }
  const header = JSON.stringify({ event_id: eventId, sent_at: isoTime(sender.nowMs) });
  const item = JSON.stringify({ type: 'event', length: Buffer.byteLength(event), content_type: 'application/json' });
  return `${header}\n${item}\n${event}\n`;
}

/** A UUID of version 4 as Sentry asks for one, and the same for the same record: it drops an event it has already. */
function eventIdOf(uid: string): string {
  const hash = createHash('sha256').update(uid).digest('hex');
  return `${hash.slice(0, 12)}4${hash.slice(13, 16)}a${hash.slice(17, 32)}`;
}

function eventJson(eventId: string, entry: Entry, sender: Sender, origin: SentryOrigin): string {
  const { timeMs, message, error, attributes } = entry.record;
  const json = JSON.stringify({
    event_id: eventId,
    timestamp: timeMs / 1_000,
    platform: 'node',
    message,
    release: origin.release ?? releaseOf(sender),
    environment: origin.environment ?? plain(sender.environment),
    server_name: sender.host,
    transaction: transactionOf(attributes),
    ...sentryScope(entry, sender),
    contexts: traceContext(attributes),
    exception: error && { values: exceptionValues(error) },
  });
  return wellFormed(json);
}

function releaseOf({ name, version }: Sender): string | undefined {
  return version === undefined ? undefined : plain(`${name}@${version}`);
}

/** Sentry takes no release or environment with a slash or a space, as the name of a scoped package has one. */
function plain(text: string | undefined): string | undefined {
  return text?.replace(/[/\\\s]+/g, '-').slice(0, 200);
}

function transactionOf({ method, route }: Readonly<Attributes>): string | undefined {
  return typeof method === 'string' && typeof route === 'string' ? `${method} ${route}` : undefined;
}

/** Both ids or none: Sentry takes no trace without a span. */
function traceContext({ trace_id: traceId, span_id: spanId }: Readonly<Attributes>): object | undefined {
  const isTrace = /^[\da-f]{32}$/i.test(String(traceId)) && /^[\da-f]{16}$/i.test(String(spanId));
  return isTrace ? { trace: { trace_id: traceId, span_id: spanId } } : undefined;
}

/** Half a character, which `JSON.stringify` escapes, makes Sentry refuse the event; a backslash escaped itself is left alone. */
function wellFormed(json: string): string {
  return json.includes('\\ud')
    ? json.replace(/(\\\\)|\\ud[89a-f][\da-f]{2}/g, (_, pair?: string) => pair ?? '\ufffd')
    : json;
}
