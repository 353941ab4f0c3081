/** Tested destinations: how a server of each kind reads a request, and says that it stored everything. */
import { encodeAnswer, decodeLogs, plainAttributes, type LogsRequest } from '../exporters/otlp-decoder.js';
import type { Reaction, SinkRequest } from '../contract/faulty-sink.js';
import { eventsIn } from '../exporters/envelope.js';
import { readPush } from '../exporters/loki-stand-in.js';

/** What is left of a record when all that matters is whether it arrived. */
export interface Arrived {
  readonly uid: unknown;
  /** `error` and its number. */
  readonly message: string;
}

export interface TestedDestination {
  /** Name under which the application knows it. */
  readonly name: string;
  readonly accept: (request: SinkRequest) => Reaction;
  readonly records: (request: SinkRequest) => readonly Arrived[];
  /** Set when a batch is a row of requests, each with one record. */
  readonly takesOne?: true;
}

function otlpRecords({ resourceLogs }: LogsRequest): Arrived[] {
  const records = resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
  return records.map(({ attributes, body }) => ({
    uid: plainAttributes(attributes)['log.record.uid'],
    message: String(body['stringValue']),
  }));
}

const flatRecords = ({ body }: SinkRequest): Arrived[] => JSON.parse(body) as Arrived[];

export const openobserve: TestedDestination = {
  name: 'openobserve',
  accept: (request) => {
    const successful = flatRecords(request).length;
    return { status: 200, body: JSON.stringify({ code: 200, status: [{ successful, failed: 0 }] }) };
  },
  records: flatRecords,
};

export const destinations: readonly TestedDestination[] = [
  openobserve,
  {
    name: 'otlp',
    accept: () => ({ status: 200, body: encodeAnswer({}) }),
    records: ({ bytes }) => otlpRecords(decodeLogs(bytes)),
  },
  {
    name: 'otlp-json',
    accept: () => ({ status: 200, body: '{}' }),
    records: ({ body }) => otlpRecords(JSON.parse(body) as LogsRequest),
  },
  {
    name: 'loki',
    accept: () => ({ status: 204 }),
    records: ({ body }) =>
      readPush(body).flatMap(({ entries }) =>
        entries.map(({ line, metadata }) => ({ uid: metadata['uid'], message: /error \d+/.exec(line)?.[0] ?? line })),
      ),
  },
  {
    name: 'sentry',
    takesOne: true,
    accept: () => ({ status: 200, body: '{}' }),
    records: ({ body }) => eventsIn(body).map(({ event_id: uid, message = '' }) => ({ uid, message })),
  },
];
