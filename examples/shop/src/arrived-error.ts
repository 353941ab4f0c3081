/** Arrived error: what a reader wants to know of an error record, in whichever protocol it came. */

export interface ArrivedError {
  readonly time: string;
  readonly service: string;
  readonly level: string;
  readonly message: string;
  readonly requestId?: string | undefined;
  readonly userId?: string | undefined;
  readonly stack: string;
}

/** Reads the body of OpenObserve's `_json`: a list of flat records. */
export function fromOpenObserve(body: unknown): ArrivedError[] {
  return (body as Record<string, string>[]).map((record) => ({
    time: timeOf(Number(record['_timestamp']) / 1e3),
    service: String(record['service']),
    level: String(record['level']),
    message: String(record['message']),
    requestId: record['request_id'],
    userId: record['user_id'],
    stack: record['error_stack'] ?? '',
  }));
}

interface Attribute {
  key: string;
  value: { stringValue?: string };
}

interface OtlpLogs {
  resourceLogs: {
    resource: { attributes: Attribute[] };
    scopeLogs: { logRecords: OtlpLogRecord[] }[];
  }[];
}

interface OtlpLogRecord {
  timeUnixNano: string;
  severityText: string;
  body: { stringValue: string };
  attributes: Attribute[];
}

/** Reads an `ExportLogsServiceRequest`: records in scopes in resources, each with a list of attributes. */
export function fromOtlp(body: unknown): ArrivedError[] {
  return (body as OtlpLogs).resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const service = textsOf(resource.attributes).get('service.name') ?? '';
    return scopeLogs.flatMap(({ logRecords }) => logRecords.map((record) => fromOtlpRecord(service, record)));
  });
}

function fromOtlpRecord(
  service: string,
  { timeUnixNano, severityText, body, attributes }: OtlpLogRecord,
): ArrivedError {
  const texts = textsOf(attributes);
  return {
    time: timeOf(Number(timeUnixNano) / 1e6),
    service,
    level: severityText.toLowerCase(),
    message: body.stringValue,
    requestId: texts.get('request_id'),
    userId: texts.get('user.id'),
    stack: texts.get('exception.stacktrace') ?? '',
  };
}

function textsOf(attributes: readonly Attribute[]): Map<string, string | undefined> {
  return new Map(attributes.map(({ key, value }) => [key, value.stringValue]));
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(11, 23);
}

/** The lines to print for a person. */
export function describeArrivedError({
  time,
  service,
  level,
  message,
  requestId,
  userId,
  stack,
}: ArrivedError): string[] {
  const [headline = '', firstFrame = ''] = stack.split('\n');
  const lines = [
    `${time} ${level.toUpperCase()} of ${service}: ${message}`,
    `  request ${requestId ?? '-'}, user ${userId ?? '-'}`,
    `  ${headline}`,
    firstFrame,
  ];
  return lines.filter((line) => line.trim() !== '');
}
