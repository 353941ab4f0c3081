/** MariaDB server: a real one, from the PATH, with a data directory of its own. */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { startServer, type ServerProcess } from './server-process.js';

export interface MariadbServer extends ServerProcess {
  /** Kills it and deletes its data. */
  remove(): Promise<void>;
}

/** Starts a server whose user `shop` has this password. */
export async function startMariadb(password: string): Promise<MariadbServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'throughline-mariadb-'));
  const data = join(folder, 'data');
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []; // else it wants a user of its own
  const install = ['--no-defaults', `--datadir=${data}`, '--skip-test-db', '--auth-root-authentication-method=normal'];
  await promisify(execFile)('mariadb-install-db', [...install, ...asRoot]);
  const init = join(folder, 'init.sql');
  writeFileSync(init, `CREATE USER IF NOT EXISTS 'shop'@'%' IDENTIFIED BY '${password}';\n`);
  const settings = {
    datadir: data,
    'init-file': init,
    socket: join(folder, 'socket'),
    port,
    'bind-address': '127.0.0.1',
    'innodb-flush-log-at-trx-commit': 0,
  };
  const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  const server = await startServer({
    command: 'mariadbd',
    flags: ['--no-defaults', '--skip-name-resolve', ...asRoot, ...flags],
    port,
  });
  return {
    ...server,
    async remove() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
