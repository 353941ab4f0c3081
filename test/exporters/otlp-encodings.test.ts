import { otlpExporter } from '@throughline/core/exporters/otlp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchOf, sender, type Batch } from './batch.js';
import { decodeLogs, type AnyValue, type KeyValue, type LogRecord, type LogsRequest } from './otlp-decoder.js';

type Entry = Batch[number];

const inJson = otlpExporter({ url: 'http://collector:4318', protocol: 'http/json' });
const inProtobuf = otlpExporter({ url: 'http://collector:4318' });

const encodings: [string, (batch: Batch, nowMs?: number) => LogsRequest][] = [
  [
    'JSON',
    (batch, nowMs = sender.nowMs) => JSON.parse(String(inJson.encode(batch, { ...sender, nowMs }).body)) as LogsRequest,
  ],
  [
    'protobuf',
    (batch, nowMs = sender.nowMs) => decodeLogs(inProtobuf.encode(batch, { ...sender, nowMs }).body as Uint8Array),
  ],
];

/** One entry whose record has these members. */
function entryOf(members: Partial<Entry['record']>): Batch {
  return batchOf('a').map((entry) => ({ ...entry, record: { ...entry.record, ...members } }));
}

function recordsOf({ resourceLogs: [logs] }: LogsRequest): LogRecord[] {
  return logs?.scopeLogs[0]?.logRecords ?? [];
}

/** The attributes of the first record, without its uid. */
function attributesOf(request: LogsRequest): KeyValue[] {
  return recordsOf(request)[0]?.attributes.slice(1) ?? [];
}

describe.each(encodings)('OTLP in %s', (_, encode) => {
  it('writes the protocol as it is specified', () => {
    const [entry] = batchOf('GET /orders/42 failed');
    const attributes = {
      method: 'GET',
      route: '/orders/:id',
      status: 500,
      ratio: 0.5,
      admin: true,
      trace_id: '5b8efff798038103d269b633813fc60c',
      span_id: 'eee19b7ec3c1b174',
      trace_flags: '01',
    };
    const stack = 'TypeError: x\n    at f (a.js:3:1)';
    const error = { type: 'TypeError', message: 'x', stack, code: undefined, cause: undefined };
    const location = { file: 'a.js', line: 3, function: 'f' };
    const batch: Batch = entry ? [{ ...entry, record: { ...entry.record, attributes, error, location } }] : [];
    const text = (value: string): AnyValue => ({ stringValue: value });
    expect(encode(batch)).toEqual({
      resourceLogs: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: text('shop') },
              { key: 'service.version', value: text('1.4.0') },
              { key: 'service.instance.id', value: text(sender.instanceId) },
              { key: 'deployment.environment.name', value: text('production') },
              { key: 'deployment.environment', value: text('production') },
              { key: 'host.name', value: text('h1') },
              { key: 'process.pid', value: { intValue: '7' } },
              { key: 'telemetry.sdk.language', value: text('nodejs') },
            ],
          },
          scopeLogs: [
            {
              scope: { name: '@throughline/core' },
              logRecords: [
                {
                  timeUnixNano: '1764000000000000000',
                  observedTimeUnixNano: '1764000000000000000',
                  severityNumber: 17,
                  severityText: 'ERROR',
                  body: text('GET /orders/42 failed'),
                  attributes: [
                    { key: 'log.record.uid', value: text('uid-GET /orders/42 failed') },
                    { key: 'exception.type', value: text('TypeError') },
                    { key: 'exception.message', value: text('x') },
                    { key: 'exception.stacktrace', value: text(stack) },
                    { key: 'code.file.path', value: text('a.js') },
                    { key: 'code.line.number', value: { intValue: '3' } },
                    { key: 'code.function.name', value: text('f') },
                    { key: 'http.request.method', value: text('GET') },
                    { key: 'http.route', value: text('/orders/:id') },
                    { key: 'http.response.status_code', value: { intValue: '500' } },
                    { key: 'ratio', value: { doubleValue: 0.5 } },
                    { key: 'admin', value: { boolValue: true } },
                  ],
                  traceId: '5b8efff798038103d269b633813fc60c',
                  spanId: 'eee19b7ec3c1b174',
                  flags: 1,
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('leaves out a trace id of the wrong length, for which a collector refuses the whole request', () => {
    const [record] = recordsOf(encode(entryOf({ attributes: { trace_id: 'abc', span_id: 'd' } })));
    expect(record).not.toHaveProperty('traceId');
    expect(record).not.toHaveProperty('spanId');
  });

  it('gives fatal its own severity', () => {
    expect(recordsOf(encode(entryOf({ level: 'fatal' })))).toMatchObject([
      { severityNumber: 21, severityText: 'FATAL' },
    ]);
  });

  it.each([
    [7, { intValue: '7' }],
    [-1, { intValue: '-1' }],
    [-0, { intValue: '0' }],
    [2 ** 31, { intValue: '2147483648' }],
    [2 ** 32, { intValue: '4294967296' }],
    [2 ** 62, { intValue: '4611686018427387904' }],
    [-(2 ** 63), { intValue: '-9223372036854775808' }],
    [2 ** 63, { doubleValue: 2 ** 63 }],
    [0.1, { doubleValue: 0.1 }],
    [5e-324, { doubleValue: 5e-324 }],
    [Number.NaN, { stringValue: 'NaN' }],
    [-Infinity, { stringValue: '-Infinity' }],
    [false, { boolValue: false }],
    ['', { stringValue: '' }],
  ])('writes %s as %j', (value, expected) => {
    expect(attributesOf(encode(entryOf({ attributes: { value } })))).toEqual([{ key: 'value', value: expected }]);
  });

  it('has each key once, and ours before those of the log line', () => {
    const attributes = { 'log.record.uid': 'theirs', 'exception.type': 'theirs', 'http.route': '/a', route: '/b' };
    const error = { type: 'TypeError', message: 'x', stack: undefined, code: undefined, cause: undefined };
    const request = encode(entryOf({ attributes, error }));
    expect(recordsOf(request)[0]?.attributes.map(({ key, value }) => [key, value['stringValue']])).toEqual([
      ['log.record.uid', 'uid-a'],
      ['exception.type', 'TypeError'],
      ['exception.message', 'x'],
      ['http.route', '/a'],
    ]);
  });

  it.each([-1, 0, 0.5, Number.NaN, 1_764_000_000_000.7, 8.64e15])('writes the time %d as one that exists', (timeMs) => {
    const [record] = recordsOf(encode(entryOf({ timeMs }), timeMs));
    const expected = { 1_764_000_000_000.7: '1764000000000000000', 8.64e15: '18446744073708000000' }[timeMs] ?? '0';
    expect(record).toMatchObject({ timeUnixNano: expected, observedTimeUnixNano: expected });
  });

  it('writes as many records as a batch has, of whatever size', () => {
    const batch = Array.from({ length: 300 }, (__, index) => batchOf(`${index} ${'é'.repeat(index * 7)}`)).flat();
    expect(recordsOf(encode(batch)).map(({ body }) => body['stringValue'])).toEqual(
      batch.map(({ record }) => record.message),
    );
  });
});

describe('OTLP in JSON and in protobuf', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.nat(20_000).map((length) => 'x'.repeat(length)),
    fc.nat(6_000).map((length) => '\u20ac'.repeat(length)),
    fc.constant('half \ud800 a character'),
  );
  const value = fc.oneof(text, fc.boolean(), fc.integer(), fc.maxSafeInteger(), fc.double());
  const id = (digits: number): fc.Arbitrary<string> =>
    fc.string({
      unit: fc.constantFrom(...'0 1 2 3 4 5 6 7 8 9 a b c d e f'.split(' ')),
      minLength: digits,
      maxLength: digits,
    });
  const trace = fc.record({ trace_id: id(32), span_id: id(16), trace_flags: fc.constantFrom('00', '01', 1) });
  const record = fc
    .record({
      timeMs: fc.nat(4_102_444_800_000),
      message: text,
      level: fc.constantFrom('error' as const, 'fatal' as const),
      logger: fc.option(text, { nil: undefined }),
      fields: fc.dictionary(text, value, { maxKeys: 12 }),
      trace: fc.option(trace, { nil: {} }),
    })
    .map(({ fields, trace: ids, ...members }) => entryOf({ ...members, attributes: { ...fields, ...ids } }));

  it('say the same of whatever an error holds, and keep all of it', () => {
    const [[, encodeJson], [, encodeProtobuf]] = encodings as [(typeof encodings)[0], (typeof encodings)[0]];
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (entries) => {
        const batch = entries.flat();
        const request = wellFormed(encodeJson(batch));
        expect(encodeProtobuf(batch)).toEqual(request);
        expect(recordsOf(request).map(carried)).toEqual(batch.map((entry) => wellFormed(expectedOf(entry))));
      }),
      { numRuns: 300 },
    );
  });

  /** What a record carries, by plain names. */
  function carried({ body, severityText, attributes }: LogRecord): unknown {
    const fields = attributes.filter(({ key }) => key !== 'log.record.uid');
    return {
      message: body['stringValue'],
      level: severityText,
      fields: fields.map(({ key, value: any }) => [key, scalarOf(any)]),
    };
  }

  function scalarOf(any: AnyValue): unknown {
    return 'intValue' in any ? Number(any['intValue']) : Object.values(any)[0];
  }

  function expectedOf({ record: { message, level, logger, attributes } }: Entry): unknown {
    // Not one object: it would put a key like "0" before all others.
    const named = [...Object.entries(logger === undefined ? {} : { logger }), ...Object.entries(attributes)];
    const fields = named.filter(([key]) => !['trace_id', 'span_id', 'trace_flags'].includes(key));
    return {
      message,
      level: level.toUpperCase(),
      fields: fields.map(([key, content]) => [
        key,
        Number.isFinite(content) || typeof content !== 'number' ? plusZero(content) : String(content),
      ]),
    };
  }

  /** An integer has no sign at zero. */
  function plusZero(content: unknown): unknown {
    return content === 0 ? 0 : content;
  }

  /** UTF-8 has no half characters: every decoder of JSON that is not JavaScript's reads them like this. */
  function wellFormed<T>(request: T): T {
    return JSON.parse(JSON.stringify(request), (__, content: unknown) =>
      typeof content === 'string' ? Buffer.from(content).toString() : content,
    ) as T;
  }
});
