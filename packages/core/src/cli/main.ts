/** Command line: `throughline probe` and `throughline k8s`. Each loads what it needs and no more. */

import type { Result } from './result.js';

const usage = `throughline probe URL [--timeout-ms 1000] [--print-shell]
  asks a health endpoint; exit code 0: healthy, 1: not healthy, 2: no answer, or not asked for the right thing
throughline k8s [--path /health] [--port 3000] [--delay-ms 5000] [...]
  prints probes and the grace period for a Kubernetes manifest, computed from the configured times
throughline k8s --check FILE [...]
  looks for contradictions in a manifest, YAML or JSON ('-': standard input); exit code 1 when it finds one, 2 when it
  cannot read it`;

/** Runs the command, writes what it has to say and sets the exit code. */
export function main(args: readonly string[]): void {
  run(args).then(
    ({ exitCode, text }) => finish(exitCode, text),
    (error: unknown) => finish(2, error instanceof Error ? error.message : String(error)),
  );
}

async function run([command, ...args]: readonly string[]): Promise<Result> {
  if (command === 'probe') return (await import('./probe.js')).probe(args);
  if (command === 'k8s') return (await import('./k8s.js')).k8s(args);
  return { exitCode: command === undefined || /^(-h|--help|help)$/.test(command) ? 0 : 2, text: usage };
}

function finish(exitCode: number, text: string): void {
  process.exitCode = exitCode;
  process.stdout.write(`${text}\n`);
}
