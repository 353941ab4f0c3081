/** Target: host and port of a dependency, for a message; never a credential. */

/** Errors inside errors are followed this deep, which also ends a circle. */
const maxDepth = 4;

/** Hosts, ports, addresses, socket paths, and lists of them. */
const printable = /^[\w.:,/[\]-]{1,200}$/;

/** The host that the check names, else the one that the error tells of; `undefined` when neither does. */
export function targetOf(named: string | undefined, error: unknown): string | undefined {
  try {
    return (named === undefined ? undefined : withoutCredentials(named)) ?? addressWithin(error, maxDepth);
  } catch {
    return undefined; // a getter of the error threw
  }
}

/** `postgres://user:password@db:5432/shop?sslkey=…` is `db:5432`; a text that may hold anything else is not shown. */
export function withoutCredentials(target: string): string | undefined {
  const authority = target.includes('://') ? target.replace(/^.*?:\/\//, '').replace(/[/?#](?!.*@).*$/, '') : target;
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/[?#].*$/, '');
  return printable.test(host) ? host : undefined;
}

/**
 * `db:5432`, or `a:5432,b:5433` for several, of hosts and ports as clients and errors keep them; `undefined` when they tell
 * no host.
 */
export function addressOf(host: unknown, port: unknown): string | undefined {
  if (Array.isArray(host)) {
    const all = host.map((one, at) => addressOf(one, Array.isArray(port) ? port[at] : port));
    return all.filter((one) => one !== undefined).join(',') || undefined;
  }
  if (typeof host !== 'string') return undefined;
  const isIpv6 = host.includes(':');
  const hasPort = typeof port === 'number' || typeof port === 'string';
  return withoutCredentials(hasPort ? `${isIpv6 ? `[${host}]` : host}:${port}` : host);
}

/** Node's system errors carry the address and port, or the name, that could not be reached. */
function addressWithin(thrown: unknown, depth: number): string | undefined {
  if (depth === 0 || typeof thrown !== 'object' || thrown === null) return undefined;
  const { address, hostname, host, port, errors, cause } = thrown as Record<string, unknown>;
  const name = [hostname, address, host].find((text) => typeof text === 'string');
  if (name !== undefined) return addressOf(name, port);
  for (const inner of [...(Array.isArray(errors) ? (errors as unknown[]) : []), cause]) {
    const found = addressWithin(inner, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
