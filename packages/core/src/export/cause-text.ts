/** Cause text: the chain of causes as a reader of a stack expects to find it. */

/** Prints causes and joined errors, deepest last; `undefined` when there are none. */
export function causeText(cause: unknown, errors: readonly unknown[] | undefined): string | undefined {
  const parts = (errors ?? []).map((error) => `With: ${print(error)}`);
  for (let next = cause; next !== undefined && next !== null; next = causeOf(next))
    parts.push(`Caused by: ${print(next)}`);
  return parts.length > 0 ? parts.join('\n') : undefined;
}

function causeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'cause' in value ? value.cause : undefined;
}

/** The values are copies already, so they are plain data that JSON can hold. */
function print(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { type, message, stack, ...rest } = value as Record<string, unknown>;
  if (typeof type !== 'string' || typeof message !== 'string') return JSON.stringify(value);
  if (typeof stack === 'string') return stack;
  return rest['code'] === undefined ? `${type}: ${message}` : `${type}: ${message} (${String(rest['code'] as string)})`;
}
