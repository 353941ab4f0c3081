/** OpenTelemetry Collector: a real one, which takes OTLP over HTTP and writes what it took into a file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

export interface OtelCollector {
  readonly url: string;
  /** Starts it again after {@link OtelCollector.kill}, on the same port with the same file. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** What its file holds: one request in JSON a line; a line that a kill cut short may run into the next. */
  file(): string;
  /** Kills it and deletes its file. */
  remove(): Promise<void>;
}

/** Starts the collector at this path. */
export async function startOtelCollector(binary: string): Promise<OtelCollector> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'throughline-collector-'));
  const [settings, output] = [join(folder, 'settings.json'), join(folder, 'logs.jsonl')];
  writeFileSync(settings, JSON.stringify(settingsOf(`127.0.0.1:${port}`, output)));
  let server: ChildProcess;

  async function start(): Promise<void> {
    server = spawn(binary, ['--config', settings], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    for await (const lines of server.stderr ?? []) {
      said += String(lines);
      if (!said.includes('Everything is ready')) continue;
      server.stderr?.resume();
      return;
    }
    throw new Error(`the collector ended before it was ready: ${said}`);
  }

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    start,
    kill,
    file: () => readFileSync(output, 'utf8'),
    async remove() {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}

/** JSON is YAML too. With `rotation` the file exporter writes at once; without, a kill loses what it said it has. */
function settingsOf(endpoint: string, path: string): object {
  return {
    receivers: { otlp: { protocols: { http: { endpoint } } } },
    exporters: { file: { path, rotation: { max_megabytes: 1_000 } } },
    service: {
      pipelines: { logs: { receivers: ['otlp'], exporters: ['file'] } },
      telemetry: { metrics: { level: 'none' } },
    },
  };
}
