/** Indicator result: what an indicator of @nestjs/terminus returns, which is how it says that something is down. */

/** One entry of a result; the indicator's own key stands before it. */
interface Entry {
  readonly status: 'up' | 'down' | 'degraded';
  readonly message?: unknown;
}

const statuses: readonly unknown[] = ['up', 'down', 'degraded'];

/**
 * Looks at what a probe returned: `{ redis: { status: 'down', message: '…' } }` is a failure, as it is to terminus;
 * anything else of any other shape says nothing.
 *
 * @throws {Error} When the result says that something is down, or degraded.
 */
export function requireUp(answer: unknown): void {
  const entries = entriesOf(answer);
  const worst = entries.find(({ status }) => status === 'down') ?? entries.find(({ status }) => status === 'degraded');
  if (!worst) return;
  const message = typeof worst.message === 'string' ? worst.message : `the indicator says that it is ${worst.status}`;
  throw Object.assign(new Error(message), { degraded: worst.status === 'degraded' });
}

/** Its entries, or none when a single one is of another shape. */
function entriesOf(answer: unknown): Entry[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const values: unknown[] = Object.values(answer);
  return values.every(isEntry) ? values : [];
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && statuses.includes((value as { status?: unknown }).status);
}
