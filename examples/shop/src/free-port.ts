/** Free port: the wanted one, or any other when it is taken. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** @param wanted Port to prefer; 0 for any. */
export async function freePort(wanted: number): Promise<number> {
  const probe = createServer().listen(wanted, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return freePort(0);
  }
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
