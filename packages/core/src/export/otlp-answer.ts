/** OTLP answer: what a collector says of a batch, in whichever encoding it says it. */
import { judgeStatus, readJson, type Answer, type Verdict } from './answer.js';
import { readProtobuf } from './protobuf-reader.js';

/** What an `ExportLogsPartialSuccess` says. */
interface PartialSuccess {
  readonly rejected: number;
  readonly message: string | undefined;
}

/** Judges an answer: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */
export function judgeOtlp(answer: Answer): Verdict {
  if (answer.status >= 300) return withMessage(judgeStatus(answer), answer);
  // Every 2xx is a success, whatever its body: Loki answers 204, old OpenObserve protobuf bytes that it calls JSON.
  const partial = fromJson(answer) ?? fromProtobuf(answer);
  if (partial === undefined || (partial.rejected === 0 && partial.message === undefined)) return { kind: 'accepted' };
  // The specification forbids to send a partly accepted batch again.
  return {
    kind: 'partial',
    rejected: partial.rejected,
    unconfirmed: 0,
    ...(partial.message !== undefined && { detail: partial.message }),
  };
}

/** Errors come as a `google.rpc.Status`, whose `message` is field 2; without this its bytes would stand in the sentence. */
function withMessage(verdict: Verdict, answer: Answer): Verdict {
  if (verdict.kind !== 'rejected' && verdict.kind !== 'retry') return verdict;
  const isBinary = String(answer.headers['content-type']).startsWith('application/x-protobuf');
  const message =
    isBinary && answer.bytes ? textOf(readProtobuf(answer.bytes)?.get(2)) : textOf(readJson(answer)?.['message']);
  return message !== undefined ? { ...verdict, detail: message } : verdict;
}

function fromJson(answer: Answer): PartialSuccess | undefined {
  const body = readJson(answer);
  const partial = (body?.['partialSuccess'] ?? body?.['partial_success']) as Record<string, unknown> | null | undefined;
  if (typeof partial !== 'object' || partial === null) return undefined;
  return {
    rejected: countOf(Number(partial['rejectedLogRecords'] ?? partial['rejected_log_records'] ?? 0)),
    message: textOf(partial['errorMessage'] ?? partial['error_message']),
  };
}

/** `ExportLogsServiceResponse.partial_success` is field 1; in it, `rejected_log_records` is 1, `error_message` 2. */
function fromProtobuf({ bytes }: Answer): PartialSuccess | undefined {
  const inner = bytes && readProtobuf(bytes)?.get(1);
  const partial = inner instanceof Uint8Array ? readProtobuf(inner) : undefined;
  if (partial === undefined) return undefined;
  const rejected = partial.get(1);
  const message = partial.get(2);
  return {
    rejected: typeof rejected === 'bigint' ? countOf(Number(BigInt.asIntN(64, rejected))) : 0,
    message: textOf(message),
  };
}

function countOf(value: number): number {
  return value > 0 ? Math.floor(value) : 0;
}

function textOf(value: unknown): string | undefined {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString() : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
