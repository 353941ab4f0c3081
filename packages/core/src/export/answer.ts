/** Answer: what a destination replied, and the closed set of verdicts over it. */

/** The reply of a destination, whole or cut. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Body as text, cut at 64 KiB. */
  readonly body: string;
  /** The same as bytes, for destinations that answer in a binary encoding. */
  readonly bytes?: Uint8Array;
}

/** What becomes of a batch after its answer. */
export type Verdict =
  // `pauseMs`: how long the destination wants to be left in peace, when it says so in a way of its own.
  /** All records are stored. */
  | { readonly kind: 'accepted'; readonly pauseMs?: number }
  /** Stored except so many records, which are refused for good or unaccounted for; nothing tells which ones. */
  | { readonly kind: 'partial'; readonly rejected: number; readonly unconfirmed: number; readonly detail?: string }
  /** Nothing stored, may be better later; given up after so many attempts; `slow` when fewer at once may do. */
  | {
      readonly kind: 'retry';
      readonly maxAttempts?: number;
      readonly slow?: boolean;
      readonly pauseMs?: number;
      readonly detail?: string;
    }
  /** Refused for good; `separable` when a single record may be to blame. */
  | { readonly kind: 'rejected'; readonly separable: boolean; readonly detail?: string }
  /** Refused for good except what could be stored, and nothing tells how much that was; never sent again. */
  | { readonly kind: 'unknown' }
  /** The credential is not accepted; the records are kept until it is. */
  | { readonly kind: 'auth' }
  /** More than the destination takes at once. */
  | { readonly kind: 'too-big' };

const kinds = new Set<unknown>(['accepted', 'partial', 'unknown', 'retry', 'rejected', 'auth', 'too-big']);

export function isVerdict(value: unknown): value is Verdict {
  return typeof value === 'object' && value !== null && 'kind' in value && kinds.has(value.kind);
}

/** Statuses after which every destination may be asked again: RFC 9110, RFC 8470 for 425. */
const retryable = new Set([408, 425, 429, 502, 503, 504]);

/** Statuses that blame the content and not the set-up. */
const separable = new Set([400, 422]);

/** Judges by the status alone; destinations go first where they know better. */
export function judgeStatus({ status }: Answer): Verdict {
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  if (status === 401 || status === 403) return { kind: 'auth' };
  if (status === 413) return { kind: 'too-big' };
  if (retryable.has(status)) return { kind: 'retry' };
  // Redirects are refused too: following one could carry the credential to another host.
  return { kind: 'rejected', separable: separable.has(status) };
}

/** Signs that a smaller batch may get through: too slow a link, or a server that hangs up while it is still sent to. */
const overloaded = new Set(['TIMEOUT', 'ECONNRESET', 'EPIPE']);

/**
 * Judges an exchange that brought no answer, or half of one: what was sent may come later, in smaller parts if that may
 * help. After a success that broke off it is stored, most likely; sending it for ever would store it for ever.
 *
 * @param count Records in the batch.
 */
export function judgeFailure(code: string, count: number): Verdict {
  if (code === 'ANSWER_CUT') return { kind: 'partial', rejected: 0, unconfirmed: count };
  return { kind: 'retry', slow: overloaded.has(code) };
}

/** The body as a JSON object, or `undefined` when it is none. */
export function readJson(answer: Answer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(answer.body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
