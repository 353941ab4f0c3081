/** No proxy: the hosts that are reached straight, though a proxy is set. */
import { BlockList, isIP } from 'node:net';

/** This machine: no proxy could reach it for us. */
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

interface Place {
  /** Without brackets and final dot, in lower case. */
  readonly host: string;
  readonly port: string;
}

type Rule = (place: Place) => boolean;

/** Whether the server is on this machine. */
export function isLoopback(url: URL): boolean {
  const { host } = placeOf(url);
  return host === 'localhost' || host.endsWith('.localhost') || isListed(loopback, host);
}

/**
 * Reads `NO_PROXY` as curl does, with the `*.` of others: names with all below them, addresses, networks (`10.0.0.0/8`),
 * each also with a port, and `*` for everything. What cannot be read names no host.
 */
export function readNoProxy(text: string): (url: URL) => boolean {
  const rules = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(ruleOf);
  return (url) => {
    const place = placeOf(url);
    return rules.some((rule) => rule(place));
  };
}

function placeOf({ hostname, port, protocol }: URL): Place {
  return { host: bare(hostname), port: port || (defaultPorts[protocol] ?? '') };
}

function bare(host: string): string {
  return host.replace(/^\[|\]$|\.$/g, '').toLowerCase();
}

function ruleOf(entry: string): Rule {
  if (entry === '*') return () => true;
  const [, name = entry, port] = isIP(entry) === 0 ? (/^(.+?)(?::(\d+))?$/.exec(entry) ?? []) : [];
  const hasHost = hostRule(bare(name));
  return (place) => (port === undefined || port === place.port) && hasHost(place.host);
}

function hostRule(name: string): (host: string) => boolean {
  const [address = '', prefix] = name.split('/');
  if (isIP(address) === 0) {
    const domain = name.replace(/^\*?\./, '');
    return (host) => host === domain || host.endsWith(`.${domain}`);
  }
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  try {
    list.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
  } catch {
    return () => false;
  }
  return (host) => isListed(list, host);
}

function isListed(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
