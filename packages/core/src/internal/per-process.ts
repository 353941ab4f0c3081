/** Per process: values of which there is one, however many copies of this package are loaded. */

const slot = Symbol.for('throughline/v1');

/** The value under this name, made by `create` when nobody made it yet. */
export function perProcess<T>(name: string, create: () => T): T {
  const holder = globalThis as { [slot]?: Map<string, unknown> };
  const values = (holder[slot] ??= new Map());
  if (!values.has(name)) values.set(name, create());
  return values.get(name) as T;
}
