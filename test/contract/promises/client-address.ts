/** The client's address: through the proxies that are the application's own, and never as somebody else says. */
import { expect, it } from 'vitest';
import { type Cell, get } from '../cell.js';
import { start } from '../start.js';

const spoofed = '6.6.6.6, 203.0.113.7, 10.0.0.2';

const cases: [what: string, proxies: number, header: string | string[], address: string][] = [
  ['nothing that anybody says when no proxy is trusted', 0, spoofed, '127.0.0.1'],
  ['the last entry behind one proxy', 1, spoofed, '10.0.0.2'],
  ['the last entry but one behind two proxies', 2, spoofed, '203.0.113.7'],
  ['entries of several headers', 2, ['6.6.6.6, 203.0.113.7', '10.0.0.2'], '203.0.113.7'],
  ['the first entry when there are fewer than proxies', 2, '203.0.113.7', '203.0.113.7'],
  ['no address in an empty header', 1, '', '127.0.0.1'],
  ['no address in a word', 1, 'unknown', '127.0.0.1'],
  ['nothing left of what is no address', 2, '203.0.113.7, <script>', '127.0.0.1'],
  ['the nearest proxy when what it was told is no address', 2, '<script>, 10.0.0.2', '10.0.0.2'],
  ['an address with its port', 1, '203.0.113.7:4711', '203.0.113.7'],
  ['an address of IPv6 with its port', 1, '[2001:db8::7]:4711', '2001:db8::7'],
  ['an address of IPv6', 1, '2001:db8::7', '2001:db8::7'],
  ['an address of IPv4 in one of IPv6', 1, '::ffff:203.0.113.7', '203.0.113.7'],
  ['no address in commas alone', 1, ','.repeat(5000), '127.0.0.1'],
];

export function promiseClientAddress(cell: Cell): void {
  it.each(cases)('takes for client_ip %s', async (_, trustedProxies, forwarded, address) => {
    const request = trustedProxies > 0 ? { trustedProxies } : {};
    const service = await start(cell, { request, routes: [get('/', () => ({ body: 'fine' }))] });
    await service.send({ path: '/', headers: { 'x-forwarded-for': forwarded } });
    expect((await service.finish()).access).toMatchObject([{ client_ip: address }]);
  });

  it('takes the peer for client_ip when its proxies say nothing', async () => {
    const service = await start(cell, { request: { trustedProxies: 2 }, routes: [get('/', () => ({ body: 'fine' }))] });
    await service.send('/');
    expect((await service.finish()).access).toMatchObject([{ client_ip: '127.0.0.1' }]);
  });
}
