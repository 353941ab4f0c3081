/** Script: a process of its own that logs one error, and ends once nothing holds it any more. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** Longer than anything may hold the process; less than the deadline of an exchange. */
const patienceMs = 5_000;

export interface Script {
  /** Lets it come to its end; resolves with its exit code, or with the signal it took to end it. */
  end(): Promise<number | string>;
}

export interface ScriptOptions {
  readonly tls?: object;
  readonly env?: object;
  /** What every name stands for. */
  readonly addresses?: readonly { address: string; family: 4 | 6 }[];
}

/** Starts a script that sends an error to a server. */
export function startScript(url: string, { tls = {}, env = {}, addresses }: ScriptOptions = {}): Script {
  const resolver = `dns.lookup = (name, options, done) => setImmediate(done, null, ${JSON.stringify(addresses)});`;
  const source = `
    import dns from 'node:dns';
    ${addresses === undefined ? '' : resolver}
    import { createObservability } from '@throughline/core';
    import { openobserveExporter } from '@throughline/core/exporters/openobserve';
    const exporter = { ...openobserveExporter({ url: '${url}', key: 'a:b' }), tls: ${JSON.stringify(tls)} };
    const observability = createObservability({ exporters: [exporter], log: { destination: { write() {} } } });
    observability.logger.error(new Error('last words'), 'last words');
    process.once('message', () => process.disconnect());`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>;
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    async end() {
      child.send('end');
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      const [code, signal] = await exited;
      clearTimeout(timer);
      return code ?? signal ?? '';
    },
  };
}
