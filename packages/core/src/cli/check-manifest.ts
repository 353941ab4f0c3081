/** Manifest check: contradictions between a manifest and what the service was configured with. */
import { readFileSync } from 'node:fs';
import type { Result } from './result.js';
import { type Fields, fieldsOf, listOf, numberOr, type Pod, podsIn, textOr } from './manifest.js';
import { shutdownMs, shutdownParts, type Times, timeoutSecondsFor } from './times.js';
import { parseYaml } from './yaml-subset.js';

/** Values of Kubernetes where the manifest says nothing: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
const defaults = { graceSeconds: 30, timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3 };

export function checkFile(file: string, times: Times): Result {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8');
  const pods = podsIn(parseYaml(text));
  if (pods.length === 0) throw new Error(`${file}: no pod in it; give a Deployment, a Pod or a list of such`);
  const findings = pods.flatMap((pod) => checkPod(pod, times).map((finding) => `${pod.name}: ${finding}`));
  if (findings.length > 0) return { exitCode: 1, text: findings.join('\n') };
  return { exitCode: 0, text: `no contradiction in ${pods.map(({ name }) => name).join(', ')}` };
}

function checkPod({ spec }: Pod, times: Times): string[] {
  const containers = listOf(spec['containers']).map(fieldsOf);
  // A sidecar has no probes of ours: only those containers are looked at that have any, or the only one.
  const probed = containers.filter((container) => probeKinds.some((kind) => kind in container));
  const looked = probed.length > 0 ? probed : containers.slice(0, 1);
  return looked.flatMap((container) => {
    const preStopMs = preStopOf(container) ?? times.preStopMs;
    const told = { ...times, delayMs: variableOf(container, 'THROUGHLINE_SHUTDOWN_DELAY_MS') ?? times.delayMs };
    const findings = [...checkGrace({ spec, container }, told, preStopMs), ...checkProbes(container, told)];
    return findings.map((finding) => `container ${textOr(container['name'], 'unnamed')}: ${finding}`);
  });
}

function checkGrace(
  { spec, container }: Record<'spec' | 'container', Fields>,
  times: Times,
  preStopMs: number,
): string[] {
  const graceMs = numberOr(spec['terminationGracePeriodSeconds'], defaults.graceSeconds) * 1000;
  const totalMs = preStopMs + shutdownMs(times);
  const said = 'terminationGracePeriodSeconds' in spec ? 'is' : 'is by default';
  const parts = shutdownParts(times, preStopMs);
  const toldMs = variableOf(container, 'THROUGHLINE_GRACE_PERIOD_MS') ?? 0;
  return [
    totalMs > graceMs
      ? `terminationGracePeriodSeconds ${said} ${graceMs / 1000}, but a shutdown may take ${totalMs} ms (${parts})`
      : '',
    toldMs > graceMs - preStopMs
      ? `THROUGHLINE_GRACE_PERIOD_MS is ${toldMs}, but ${graceMs - preStopMs} ms are left from the signal to SIGKILL`
      : '',
  ].filter((finding) => finding !== '');
}

/** What the manifest tells the service in a variable. */
function variableOf(container: Fields, name: string): number | undefined {
  const variable = listOf(container['env'])
    .map(fieldsOf)
    .find((one) => one['name'] === name);
  const value = numberOr(variable?.['value'], -1);
  return value < 0 ? undefined : value;
}

/** `sleep` of a preStop hook, as a field or as a command. */
function preStopOf(container: Fields): number | undefined {
  const preStop = fieldsOf(fieldsOf(container['lifecycle'])['preStop']);
  const words = listOf(fieldsOf(preStop['exec'])['command']);
  const command = words.map((word) => textOr(word, '')).join(' ');
  const [, slept] = /\bsleep (\d+(?:\.\d+)?)/.exec(command) ?? [];
  const seconds = slept === undefined ? numberOr(fieldsOf(preStop['sleep'])['seconds'], -1) : Number(slept);
  return seconds < 0 ? undefined : seconds * 1000;
}

const probeKinds = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function checkProbes(container: Fields, times: Times): string[] {
  const missing =
    'readinessProbe' in container ? [] : ['readinessProbe is missing: a pod takes traffic before it is ready'];
  const present = probeKinds.filter((kind) => kind in container);
  return [...missing, ...present.flatMap((kind) => checkProbe(kind, container, times).map((text) => `${kind}${text}`))];
}

function checkProbe(kind: (typeof probeKinds)[number], container: Fields, times: Times): string[] {
  const probe = fieldsOf(container[kind]);
  const { port } = fieldsOf(probe['httpGet']);
  const path = pathOf(probe);
  const timeoutMs = numberOr(probe['timeoutSeconds'], defaults.timeoutSeconds) * 1000;
  const isLive = path === `${times.path}/live`;
  const dependsOnOthers = path === times.path || path === `${times.path}/ready`;
  const named = listOf(container['ports']).map((one) => fieldsOf(one)['name']);
  return [
    kind === 'livenessProbe' && dependsOnOthers
      ? ` asks ${path}, which depends on other services: when one is away every pod is restarted; ask ${times.path}/live`
      : '',
    kind === 'startupProbe' && dependsOnOthers
      ? ` asks ${path}, which depends on other services: while one is away no pod starts; ask ${times.path}/startup`
      : '',
    kind === 'readinessProbe' && isLive
      ? ` asks ${path}, which is 200 while the pod drains; ask ${times.path}/ready`
      : '',
    path !== undefined && !isLive && path.startsWith(times.path) && timeoutMs <= times.deadlineMs
      ? `.timeoutSeconds is ${timeoutMs / 1000}, but an answer may take ${times.deadlineMs} ms; give it ${timeoutSecondsFor(times.deadlineMs)}`
      : '',
    typeof port === 'string' && !/^\d+$/.test(port) && !named.includes(port)
      ? ` asks port ${port}, which the container does not name`
      : '',
    kind === 'startupProbe' && startsForMs(probe) < times.startupMs
      ? ` gives up after ${startsForMs(probe)} ms, but a start may take ${times.startupMs} ms (--startup-ms)`
      : '',
  ].filter((finding) => finding !== '');
}

/** Of `httpGet`, or of the URL that a command asks for. */
function pathOf(probe: Fields): string | undefined {
  const { path } = fieldsOf(probe['httpGet']);
  const words = listOf(fieldsOf(probe['exec'])['command']).map((word) => textOr(word, ''));
  const [, asked] = /\bhttps?:\/\/[^/\s'"]+([^\s'"]*)/.exec(words.join(' ')) ?? [];
  return (typeof path === 'string' ? path : asked)?.replace(/[?#].*$/, '').replace(/\/$/, '');
}

function startsForMs(probe: Fields): number {
  const { periodSeconds, failureThreshold } = defaults;
  return numberOr(probe['periodSeconds'], periodSeconds) * numberOr(probe['failureThreshold'], failureThreshold) * 1000;
}
