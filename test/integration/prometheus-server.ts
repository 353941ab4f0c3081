/** Prometheus server: a real one, from the PATH, that scrapes services once a second. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** One series of an answer: its labels and its value. */
export interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

export interface Prometheus {
  /** Asks until the results are as they should be; fails with the last ones when they never are. */
  until(query: string, isRight: (results: readonly Result[]) => boolean): Promise<readonly Result[]>;
  stop(): Promise<void>;
}

/** @param ports Where services answer `/metrics`, by the name of the job that scrapes them. */
export async function startPrometheus(ports: Readonly<Record<string, number>>): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-prometheus-'));
  const jobs = Object.entries(ports).map(([job_name, port]) => ({
    job_name,
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  }));
  const config = { global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: jobs };
  // YAML has JSON in it.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const port = await freePort();
  const flags = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
  ];
  const server = spawn('prometheus', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(server, 'exit');
  let said = '';
  const ready = new Promise<void>((resolve) => {
    // Read to its end: a server whose output nobody takes stops.
    server.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Server is ready')) resolve();
    });
  });
  await Promise.race([ready, ended.then(() => Promise.reject(new Error(said)))]);
  return {
    async until(query, isRight) {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
      let results: readonly Result[] = [];
      for (let attempt = 0; attempt < 450; attempt++) {
        const answer = (await (await fetch(url)).json()) as { data?: { result: readonly Result[] } };
        results = answer.data?.result ?? [];
        if (isRight(results)) return results;
        await wait(100);
      }
      throw new Error(`${query} gave ${JSON.stringify(results)}`);
    },
    async stop() {
      server.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
