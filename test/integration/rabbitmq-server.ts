/** RabbitMQ server: a real one, from Debian's package, with a node name, a data directory and an `epmd` of its own. */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { startServer, type ServerProcess } from './server-process.js';

export interface RabbitmqServer extends ServerProcess {
  /** Runs code inside the broker. */
  evaluate(code: string): Promise<unknown>;
  /** Kills it and what it left running, and deletes its data. */
  remove(): Promise<void>;
}

/** Beside the command on the PATH, which would change to another user. */
const programs = '/usr/lib/rabbitmq/bin';
const run = promisify(execFile);

/** Starts a broker whose user `shop` has this password. */
export async function startRabbitmq(password: string): Promise<RabbitmqServer> {
  const [port, epmdPort, distributionPort] = [await freePort(), await freePort(), await freePort()];
  const folder = await mkdtemp(join(tmpdir(), 'throughline-rabbitmq-'));
  const settings = join(folder, 'rabbitmq.conf');
  writeFileSync(settings, `default_user = shop\ndefault_pass = ${password}\nloopback_users = none\n`);
  const env = {
    HOME: folder, // where the cookie is kept
    ERL_EPMD_PORT: String(epmdPort),
    RABBITMQ_NODENAME: `throughline-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_MNESIA_BASE: folder,
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_CONFIG_FILE: settings,
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RUNNING_UNDER_SYSTEMD: '1', // the broker takes the place of its script, so that signals reach it
  };
  const server = await startServer({ command: join(programs, 'rabbitmq-server'), flags: [], port, env });
  const options = { env: { ...process.env, ...env } };
  return {
    ...server,
    evaluate: (code) => run(join(programs, 'rabbitmqctl'), ['eval', code], options),
    async remove() {
      await server.kill();
      await run('epmd', ['-port', String(epmdPort), '-kill']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
