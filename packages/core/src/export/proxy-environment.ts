/** Proxy variables: through which proxy the environment wants a server to be reached, if through any. */
import { readVariable, type Environment, type Warn } from '../internal/secret-variable.js';
import type { Destination } from './destination.js';
import { type Handover, isHandover } from './handover.js';
import { isLoopback, readNoProxy } from './no-proxy.js';

export interface ProxyServer {
  /** Without user and password. */
  readonly url: URL;
  /** What it is told of who asks; never shown. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A proxy that cannot be used is not left out: what was meant for it, credential included, must not go another way. */
export type ProxyChoice =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly server: ProxyServer }
  | { readonly kind: 'unusable'; readonly message: string };

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in lower case too, which wins.
 *
 * @returns Says for a server which way leads there. This machine is always reached straight.
 */
export function readProxyVariables(env: Environment): (url: URL) => ProxyChoice {
  const isException = readNoProxy(read(env, 'NO_PROXY')?.text ?? '');
  const general = read(env, 'ALL_PROXY');
  const bySecurity = { plain: read(env, 'HTTP_PROXY') ?? general, secure: read(env, 'HTTPS_PROXY') ?? general };
  return (url) => {
    const variable = url.protocol === 'https:' ? bySecurity.secure : bySecurity.plain;
    if (variable === undefined || isLoopback(url) || isException(url)) return { kind: 'direct' };
    const server = readProxyUrl(variable.text);
    if (server !== undefined) return { kind: 'proxy', server };
    return {
      kind: 'unusable',
      message: `${variable.name} must be the URL of an HTTP proxy, such as http://proxy:3128`,
    };
  };
}

/** Warns of each proxy variable that keeps a destination from being reached. */
export function warnOfProxies(destinations: readonly (Destination | Handover)[], env: Environment, warn: Warn): void {
  const choose = readProxyVariables(env);
  const sentences = destinations
    .filter((given) => !isHandover(given) && !('createTransport' in given) && URL.canParse(given.endpoint))
    .map(({ endpoint }) => choose(new URL(endpoint)))
    .map((choice) => (choice.kind === 'unusable' ? `${choice.message}; errors are not sent past it` : ''));
  for (const sentence of new Set(sentences)) if (sentence !== '') warn(sentence);
}

interface Variable {
  readonly name: string;
  readonly text: string;
}

function read(env: Environment, name: string): Variable | undefined {
  const found = [name.toLowerCase(), name].find((spelling) => readVariable(env, spelling) !== undefined);
  return found === undefined ? undefined : { name: found, text: readVariable(env, found) ?? '' };
}

/** `host:port` alone is a proxy spoken to in clear, as everywhere. */
function readProxyUrl(text: string): ProxyServer | undefined {
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return undefined;
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (username === '' && password === '') return { url, headers: {} };
  try {
    const credential = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const authorization = `Basic ${Buffer.from(credential).toString('base64')}`;
    return { url, headers: { 'proxy-authorization': authorization } };
  } catch {
    return undefined;
  }
}
