/** Kubernetes: probes and grace period for a manifest, computed from the configured times. */
import type { Result } from './result.js';
import { readFlags, shutdownMs, shutdownParts, type Times, timeoutSecondsFor } from './times.js';

/** Between the end of a shutdown and SIGKILL, so that nobody races. */
const slackMs = 2000;

export async function k8s(args: readonly string[]): Promise<Result> {
  const { times, check } = readFlags(args);
  if (check === undefined) return { exitCode: 0, text: printProbes(times) };
  const { checkFile } = await import('./check-manifest.js');
  return checkFile(check, times);
}

function printProbes(times: Times): string {
  const { path, port, deadlineMs, preStopMs, startupMs } = times;
  const timeoutSeconds = timeoutSecondsFor(deadlineMs);
  const graceSeconds = Math.max(30, Math.ceil((preStopMs + shutdownMs(times) + slackMs) / 1000));
  const probe = (view: string): string => `httpGet: { path: ${path}/${view}, port: ${port} }`;
  return `# below spec.template.spec
terminationGracePeriodSeconds: ${graceSeconds} # ${shutdownParts(times, preStopMs)} ms, and ${slackMs} to spare
containers:
  - name: app
    env:
      - { name: THROUGHLINE_GRACE_PERIOD_MS, value: '${graceSeconds * 1000 - preStopMs}' }
      - { name: THROUGHLINE_SHUTDOWN_DELAY_MS, value: '${times.delayMs}' }
    livenessProbe:
      ${probe('live')}
      periodSeconds: 10
      timeoutSeconds: 1
      failureThreshold: 3
    readinessProbe:
      ${probe('ready')}
      periodSeconds: 5
      timeoutSeconds: ${timeoutSeconds} # answers come within ${deadlineMs} ms
      failureThreshold: 2
    startupProbe:
      ${probe('startup')}
      periodSeconds: 2
      timeoutSeconds: ${timeoutSeconds}
      failureThreshold: ${Math.ceil(startupMs / 2000)} # ${startupMs} ms to start`;
}
