/** Envelope: what a Sentry server reads, by the rules of the format: https://develop.sentry.dev/sdk/foundations/envelopes/ */

export interface Item {
  readonly type: string;
  readonly payload: string;
}

export interface Envelope {
  readonly header: { readonly event_id?: string; readonly sent_at?: string };
  readonly items: readonly Item[];
}

export interface Frame {
  readonly filename: string;
  readonly function?: string;
  readonly lineno?: number;
  readonly colno?: number;
  readonly in_app: boolean;
}

export interface ExceptionValue {
  readonly type?: string;
  readonly value: string;
  readonly mechanism: { readonly type: string; readonly handled: boolean };
  readonly stacktrace?: { readonly frames: readonly Frame[] };
}

export interface SentryEvent {
  readonly event_id: string;
  readonly timestamp: number;
  readonly level?: string;
  readonly message?: string;
  readonly release?: string;
  readonly environment?: string;
  readonly server_name?: string;
  readonly transaction?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly contexts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly exception?: { readonly values: readonly ExceptionValue[] };
}

/** Reads an envelope: a line of JSON, then for each item a line of JSON and as many bytes as that declares. */
export function readEnvelope(body: string | Uint8Array): Envelope {
  const bytes = Buffer.from(body);
  const items: Item[] = [];
  let at = 0;
  const lineEnd = (): number => {
    const end = bytes.indexOf('\n', at);
    return end < 0 ? bytes.length : end;
  };
  const line = (): Record<string, unknown> => {
    const end = lineEnd();
    const text = bytes.subarray(at, end).toString();
    at = end + 1;
    return JSON.parse(text) as Record<string, unknown>;
  };
  const header = line();
  while (at < bytes.length) {
    const { type, length } = line() as { type: string; length?: number };
    const end = length === undefined ? lineEnd() : at + length;
    if (end > bytes.length) throw new Error(`an item declares ${length} bytes, more than there are`);
    if (end < bytes.length && bytes[end] !== 10)
      throw new Error(`an item of ${length} bytes does not end in a line feed`);
    items.push({ type, payload: bytes.subarray(at, end).toString() });
    at = end + 1;
  }
  return { header, items };
}

/** The events of an envelope; a server refuses more than one, and one whose id the header does not have. */
export function eventsIn(body: string | Uint8Array): SentryEvent[] {
  const { header, items } = readEnvelope(body);
  const events = items.filter(({ type }) => type === 'event').map(({ payload }) => JSON.parse(payload) as SentryEvent);
  if (events.length > 1) throw new Error('an envelope holds one event at most');
  for (const { event_id: id } of events) {
    if (!/^[\da-f]{12}4[\da-f]{3}[89ab][\da-f]{15}$/.test(id)) throw new Error(`${id} is no UUID of version 4`);
    if (header.event_id !== id) throw new Error('the header has another event_id than the event');
  }
  return events;
}
