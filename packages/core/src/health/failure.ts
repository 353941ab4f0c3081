/** Failure: why a check is down, told in a closed set of codes that are safe to publish. */

/** Public reasons. A code says what to look at; it never carries a host, a credential or a driver's text. */
const FAILURE_CODES = [
  /** No answer in time. */
  'TIMEOUT',
  /** Nothing listens there. */
  'REFUSED',
  /** The host's name has no address. */
  'DNS',
  /** There is no route to the host. */
  'UNREACHABLE',
  /** The connection broke, or the client has none at the moment. */
  'DISCONNECTED',
  /** No trusted encrypted connection. */
  'TLS',
  /** The credentials were refused. */
  'AUTH',
  /** It runs, but does not serve yet: starting, loading its data, waiting for its primary. */
  'LOADING',
  /** It serves, but refuses writes. */
  'READONLY',
  /** It has no room: too many connections, memory or file descriptors used up. */
  'OVERLOADED',
  /** The HTTP status is 4xx or 5xx. */
  'HTTP_ERROR',
  /** It answered, but not what a working one answers. */
  'UNEXPECTED_ANSWER',
  /** Anything else. */
  'EXCEPTION',
] as const;

/** One of the public reasons for a check to be down. */
export type FailureCode = (typeof FAILURE_CODES)[number];

/** A failure whose public code is known where it happens. A check of one's own may throw any error with such a `code`. */
export class CheckError extends Error {
  override readonly name = 'CheckError';

  constructor(
    readonly code: FailureCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * What the `code` of an error means, or its name where that says more: Node's system, DNS and TLS codes, undici's, Postgres'
 * SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), whose first two characters name a class,
 * and what the drivers of Postgres, MySQL, MongoDB, NATS and Kafka bring of their own.
 */
const BY_ERROR_CODE: readonly [FailureCode, RegExp][] = [
  ['TIMEOUT', /^(ETIMEDOUT|ESOCKETTIMEDOUT|ETIMEOUT|ABORT_ERR|57014|UND_ERR_\w+_TIMEOUT|AbortError|TimeoutError)$/],
  ['TIMEOUT', /^(CONNECT_TIMEOUT|PROTOCOL_SEQUENCE_TIMEOUT|KafkaJSRequestTimeoutError)$/],
  ['REFUSED', /^(ECONNREFUSED|CONNECTION_REFUSED)$/],
  ['DNS', /^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/],
  ['UNREACHABLE', /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/],
  ['DISCONNECTED', /^(ECONNRESET|ECONNABORTED|EPIPE|ENOTCONN|UND_ERR_SOCKET|08\w{3}|57P0[12])$/],
  ['DISCONNECTED', /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|DISCONNECT|PROTOCOL_CONNECTION_LOST|ER_SERVER_SHUTDOWN)$/],
  [
    'DISCONNECTED',
    /^(PROTOCOL_ENQUEUE_AFTER_\w+|ClosedConnectionError|MongoTopologyClosedError|KafkaJSConnectionClosedError)$/,
  ],
  ['TLS', /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(GET|VERIFY)_|EPROTO$|HOSTNAME_MISMATCH$)/],
  ['TLS', /^HANDSHAKE_(NO_SSL_SUPPORT|SSL_ERROR)$/],
  ['AUTH', /^(28\w{3}|ER_(DB)?ACCESS_DENIED_\w+|ER_ACCOUNT_HAS_BEEN_LOCKED|ER_MUST_CHANGE_PASSWORD(_LOGIN)?)$/],
  ['AUTH', /^(AuthenticationFailed|AuthorizationError|AUTHORIZATION_VIOLATION|KafkaJSSASLAuthenticationError)$/],
  ['LOADING', /^57P03$/],
  ['READONLY', /^25006$/],
  ['OVERLOADED', /^(53\w{3}|EMFILE|ENFILE|ENOBUFS|ER_CON_COUNT_ERROR|ER_TOO_MANY_USER_CONNECTIONS)$/],
];

/** What the text of an error means where there is no code: Redis answers, and what the drivers say. */
const BY_MESSAGE: readonly [FailureCode, RegExp][] = [
  ['AUTH', /^(WRONGPASS|NOAUTH|NOPERM|SASL)\b|^ERR (invalid password|AUTH )|\bACCESS[-_]REFUSED\b/],
  ['LOADING', /^(LOADING|MASTERDOWN)\b/],
  ['READONLY', /^(READONLY|MISCONF)\b/],
  ['OVERLOADED', /^(OOM|BUSY)\b|^ERR max number of clients reached|^(No connections available|Queue limit reached)\./],
  ['TLS', /does not support SSL connections/],
  ['TIMEOUT', /\btime(d )?out\b/i],
  [
    'DISCONNECTED',
    /^(Connection (terminated|is closed|closed|disconnected)|Socket closed|The client is (closed|offline)|Disconnects client|Pool is closed)/i,
  ],
  [
    'DISCONNECTED',
    /not queryable|socket hang up|max retries per request|after calling end on the pool|in closed state|^connection \d+ to \S+ closed/,
  ],
];

/** Errors inside errors are followed this deep, which also ends a circle. */
const MAX_DEPTH = 4;

/** Derives the public code from whatever a probe threw. Never throws, whatever that is. */
export function failureCode(thrown: unknown): FailureCode {
  try {
    return codeWithin(thrown, MAX_DEPTH) ?? 'EXCEPTION';
  } catch {
    return 'EXCEPTION'; // a getter of the thrown value threw
  }
}

/** Node connects to each address of a host in turn and throws an `AggregateError`; `fetch` hides the reason in `cause`. */
function codeWithin(thrown: unknown, depth: number): FailureCode | undefined {
  if (depth === 0 || typeof thrown !== 'object' || thrown === null) return undefined;
  const own = ownCode(thrown);
  if (own !== undefined) return own;
  const { errors, cause } = thrown as { errors?: unknown; cause?: unknown };
  for (const inner of [...(Array.isArray(errors) ? errors : []), cause]) {
    const code = codeWithin(inner, depth - 1);
    if (code !== undefined) return code;
  }
  return undefined;
}

function ownCode(thrown: object): FailureCode | undefined {
  const { code, codeName, name, message, syscall } = thrown as Partial<Record<string, unknown>>;
  const own = FAILURE_CODES.find((known) => known === code);
  if (own !== undefined) return own;
  if (code === 'ENOENT' && syscall === 'connect') return 'REFUSED'; // a Unix socket nobody listens on
  for (const word of [code, codeName, name]) {
    const known = typeof word === 'string' ? firstMatch(BY_ERROR_CODE, word) : undefined;
    if (known !== undefined) return known;
  }
  return typeof message === 'string' ? firstMatch(BY_MESSAGE, message) : undefined;
}

function firstMatch(table: readonly [FailureCode, RegExp][], text: string): FailureCode | undefined {
  return table.find(([, pattern]) => pattern.test(text))?.[0];
}
