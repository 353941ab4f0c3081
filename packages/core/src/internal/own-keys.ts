/** Own keys: the names of an object's members, as far as they are worth reading. */
import { isProxy } from 'node:util/types';

/** An object with more members is a store, which nobody reads in a line. */
const maxKeys = 2_000;

/** Members of a proxy that are asked for: each costs a call of somebody else's. */
const maxProxyKeys = 2_001;

/**
 * How many keys the objects have that have too many. V8 lists all keys or none, in `for…in` too, and takes 1 ms for
 * 10,000 of them and 300 ms for a million; so each such object is listed once only.
 */
const crowded = new WeakMap<object, number>();

/** The keys, or how many there are when they are too many to be copied. */
export function ownKeys(source: object): readonly string[] | number {
  const known = crowded.get(source);
  if (known !== undefined) return known;
  if (isProxy(source)) return firstKeys(source);
  const keys = Object.keys(source);
  if (keys.length <= maxKeys) return keys;
  crowded.set(source, keys.length);
  return keys.length;
}

/** Unlike `Object.keys`, the loop asks for the keys one by one whether they are to be seen. */
function firstKeys(proxy: object): string[] {
  const keys: string[] = [];
  let asked = 0;
  for (const key in proxy) {
    if (++asked > maxProxyKeys) break;
    if (Object.hasOwn(proxy, key)) keys.push(key);
  }
  return keys;
}
