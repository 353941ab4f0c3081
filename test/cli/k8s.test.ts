import { describe, expect, it } from 'vitest';
import { healthDefaults } from '../../packages/core/src/health/health.js';
import { readFlags } from '../../packages/core/src/cli/times.js';
import { shutdownDefaults } from '../../packages/core/src/shutdown/options.js';
import { throughline } from './throughline.js';

const flags = ['--path', '/api/health', '--port', 'http'];

function deployment(container: string, pod = ''): string {
  return `# A comment
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, labels: { app: "shop" } }
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 30${pod}
      containers:
      - name: app
        image: 'registry.example/shop:1' # not latest
        command: ["sh", "-c", "exec node main.js"]
        ports: [{ name: http, containerPort: 3000 }]
        args:
          - |
            readinessProbe: this is text
              and so is this
${container.replace(/^/gm, '        ')}
`;
}

const sound = `livenessProbe:
  httpGet: { path: /api/health/live, port: http }
readinessProbe:
  httpGet:
    path: /api/health/ready
    port: http
  timeoutSeconds: 1
startupProbe:
  httpGet: {path: /api/health/live, port: http}
  periodSeconds: 2
  failureThreshold: 30`;

describe('throughline k8s', () => {
  it('knows the same defaults as the options', () => {
    const { times } = readFlags([]);
    const { delayMs, closeTimeoutMs, flushTimeoutMs, preStopMs } = shutdownDefaults;
    expect(times).toMatchObject({ ...healthDefaults, delayMs, closeTimeoutMs, flushTimeoutMs, preStopMs });
  });

  it('prints probes and a grace period that fit the times it is given', async () => {
    const { text } = await throughline([
      'k8s',
      ...flags,
      '--deadline-ms',
      '1500',
      '--delay-ms',
      '20000',
      '--pre-stop-ms',
      '3000',
    ]);
    expect(text).toContain(
      'terminationGracePeriodSeconds: 41 # preStop 3000 + delay 20000 + close 10000 + hooks 4000 + flush 2000 ms',
    );
    expect(text).toContain("{ name: THROUGHLINE_GRACE_PERIOD_MS, value: '38000' }");
    expect(text).toContain('timeoutSeconds: 2 # answers come within 1500 ms');
  });

  it('finds no contradiction in what it prints itself', async () => {
    const { text } = await throughline(['k8s', ...flags.slice(0, 2)]);
    const manifest = `kind: Pod\nmetadata:\n  name: printed\nspec:\n${text.replace(/^/gm, '  ')}\n`;
    expect(await throughline(['k8s', ...flags.slice(0, 2), '--check', '-'], manifest)).toEqual({
      code: 0,
      text: 'no contradiction in Pod/printed',
    });
  });

  it('finds none in a sound manifest', async () => {
    expect(await throughline(['k8s', ...flags, '--check', '-'], deployment(sound))).toEqual({
      code: 0,
      text: 'no contradiction in Deployment/shop',
    });
  });

  it.each([
    [
      'terminationGracePeriodSeconds is 30, but a shutdown may take 36000 ms (preStop 15000 + delay 5000 + close 10000 + hooks 4000 + flush 2000)',
      `lifecycle:\n  preStop:\n    exec:\n      command: ["/bin/sh", "-c", "sleep 15"]\n${sound}`,
    ],
    [
      'terminationGracePeriodSeconds is 30, but a shutdown may take 31000 ms (preStop 10000 + delay 5000 + close 10000 + hooks 4000 + flush 2000)',
      `lifecycle:\n  preStop:\n    sleep:\n      seconds: 10\n${sound}`,
    ],
    [
      'livenessProbe asks /api/health/ready, which depends on other services: when one is away every pod is restarted; ask /api/health/live',
      sound.replace('/api/health/live', '/api/health/ready'),
    ],
    [
      'livenessProbe asks /api/health, which depends on other services: when one is away every pod is restarted; ask /api/health/live',
      sound.replace('/api/health/live', '/api/health/'),
    ],
    [
      'livenessProbe asks /api/health, which depends on other services: when one is away every pod is restarted; ask /api/health/live',
      sound.replace(
        'httpGet: { path: /api/health/live, port: http }',
        'exec: { command: [node, throughline.cjs, probe, "http://127.0.0.1:3000/api/health?format=text"] }',
      ),
    ],
    [
      'startupProbe asks /api/health/ready, which depends on other services: while one is away no pod starts; ask /api/health/startup',
      sound.replace('{path: /api/health/live', '{path: /api/health/ready'),
    ],
    [
      'terminationGracePeriodSeconds is 30, but a shutdown may take 36000 ms (delay 20000 + close 10000 + hooks 4000 + flush 2000)',
      `env: [{ name: THROUGHLINE_SHUTDOWN_DELAY_MS, value: "20000" }]\n${sound}`,
    ],
    [
      'THROUGHLINE_GRACE_PERIOD_MS is 60000, but 25000 ms are left from the signal to SIGKILL',
      `env:\n- name: THROUGHLINE_GRACE_PERIOD_MS\n  value: "60000"\nlifecycle: { preStop: { sleep: { seconds: 5 } } }\n${sound}`,
    ],
    [
      'readinessProbe asks /api/health/live, which is 200 while the pod drains; ask /api/health/ready',
      sound.replace('/api/health/ready', '/api/health/live'),
    ],
    ['readinessProbe is missing: a pod takes traffic before it is ready', sound.replace(/readinessProbe:[^]*?1\n/, '')],
    ['livenessProbe asks port web, which the container does not name', sound.replace('port: http', 'port: web')],
    [
      'startupProbe gives up after 6000 ms, but a start may take 60000 ms (--startup-ms)',
      sound.replace('failureThreshold: 30', ''),
    ],
  ])('finds: %s', async (finding, container) => {
    const said = await throughline(['k8s', ...flags, '--check', '-'], deployment(container));
    expect(said).toEqual({ code: 1, text: `Deployment/shop: container app: ${finding}` });
  });

  it('finds a probe that gives up before the answer', async () => {
    const said = await throughline(['k8s', ...flags, '--deadline-ms', '1000', '--check', '-'], deployment(sound));
    expect(said).toEqual({
      code: 1,
      text: 'Deployment/shop: container app: readinessProbe.timeoutSeconds is 1, but an answer may take 1000 ms; give it 2',
    });
  });

  it('reads what kubectl prints as JSON', async () => {
    const probe = { httpGet: { path: '/health/ready', port: 3000 }, timeoutSeconds: 1 };
    const containers = [{ name: 'app', readinessProbe: probe, livenessProbe: probe }];
    const items = [{ kind: 'Pod', metadata: { name: 'a' }, spec: { containers } }];
    const said = await throughline(['k8s', '--check', '-'], JSON.stringify({ kind: 'List', items }));
    expect(said).toMatchObject({ code: 1, text: expect.stringContaining('Pod/a: container app: livenessProbe asks') });
  });

  it.each([
    ['spec: &anchor\n  containers: []', 'line 1: anchors, aliases and tags'],
    ['spec:\n  <<: *base', 'line 2: merge keys'],
    ['spec:\n  replicas: {{ .Values.replicas }}', 'line 2: templates'],
    ['spec:\n\tcontainers: []', 'line 2: a tab'],
  ])('refuses what it does not understand, with its line: %j', async (manifest, expected) => {
    expect(await throughline(['k8s', '--check', '-'], manifest)).toEqual({
      code: 2,
      text: `${expected} is more YAML than this reads; give the output of kubectl get -o json`,
    });
  });

  it.each([
    [['--check', '-'], '-: no pod in it; give a Deployment, a Pod or a list of such'],
    [['--delay-ms', '5s'], '--delay-ms must be a whole number of milliseconds, got 5s'],
    [['--path', 'health'], '--path must be a path that starts with a slash, got health'],
    [['--port', '80 80'], '--port must be a number or the name of a port, got 80 80'],
  ])('ends with 2 and says why: %j', async (args, text) => {
    expect(await throughline(['k8s', ...args], 'kind: Service\n')).toEqual({ code: 2, text });
  });
});
