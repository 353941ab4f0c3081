// Builds a real OpenTelemetry Collector with Go, once, and keeps it in .cache/backends for test/integration;
// with --path it only says where that is.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = fileURLToPath(new URL('otel-collector.yaml', import.meta.url));
const text = readFileSync(manifest, 'utf8');
const version = /^ {2}version: (\S+)$/m.exec(text)?.[1];

/** What it is made of is in the path, so that another one is built anew. */
const parts = createHash('sha256').update(text).digest('hex').slice(0, 8);
const otelCollector = join(root, '.cache', 'backends', `otel-collector-${version}-${parts}`);

function build() {
  if (spawnSync('go', ['version']).error) {
    throw new Error(
      'go is not on the PATH: install Go 1.25 or later (https://go.dev/dl); the tests of it are skipped until then',
    );
  }
  mkdirSync(dirname(otelCollector), { recursive: true });
  const work = mkdtempSync(join(dirname(otelCollector), 'build-'));
  try {
    run('go', ['install', `go.opentelemetry.io/collector/cmd/builder@v${version}`], root, { GOBIN: work });
    // The builder writes the program; its own way of fetching modules also asks for those that only their tests need.
    const flags = ['--skip-get-modules', '--skip-compilation', `--config=${manifest}`];
    run(join(work, 'builder'), flags, work);
    const modules = [...text.matchAll(/gomod: (\S+) (\S+)/g)].map(([, name, at]) => `${name}@${at}`);
    run('go', ['mod', 'init', 'throughline.test/otel-collector'], work);
    run('go', ['get', ...modules, `go.opentelemetry.io/collector/otelcol@v${version}`], work);
    run('go', ['build', '-mod=mod', '-trimpath', '-ldflags=-s -w', '-o', 'otel-collector', '.'], work);
    renameSync(join(work, 'otel-collector'), otelCollector);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(command, args, cwd, env = {}) {
  const settings = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false', ...env };
  const { status, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...settings },
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(
      `${command} ${args[0]} failed: ${error?.message ?? stderr.trim().split('\n').slice(-20).join('\n')}`,
    );
}

const startMs = Date.now();
try {
  if (process.argv.includes('--path')) console.log(otelCollector);
  else if (existsSync(otelCollector)) console.log(`${otelCollector} is there`);
  else {
    build();
    console.log(`${otelCollector} built in ${Math.round((Date.now() - startMs) / 1_000)} s`);
  }
} catch (error) {
  console.error(`OpenTelemetry Collector: ${error.message}`);
  process.exitCode = 1;
}
