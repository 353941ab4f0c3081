/** Sequence: the order in which a service goes: out of traffic, off the network, its resources, its exporters. */
import type { Clock } from '../internal/clock.js';
import { type HookReport, limited, runHook } from './hooks.js';
import type { ShutDownApplication, ShutdownSettings } from './options.js';
import type { ShutdownReport } from './report.js';
import type { Traffic } from './traffic.js';

/** What a shutdown works on. */
export interface Scene {
  readonly settings: ShutdownSettings;
  readonly observability: ShutDownApplication;
  readonly traffic: readonly Traffic[];
  readonly clock: Clock;
}

/** What is known before the process is let go. */
export type SequenceReport = Omit<ShutdownReport, 'keptAliveBy'>;

/** Runs it from the beginning to the end. Never rejects. */
export async function runSequence(scene: Scene, reason: string, delayMs: number): Promise<SequenceReport> {
  const { settings, observability, traffic, clock } = scene;
  const hooks: HookReport[] = [];
  const startedAtMs = clock.monotonicMs();
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const beganAtMs = clock.monotonicMs();
    await work();
    return Math.round(clock.monotonicMs() - beganAtMs);
  };
  observability.health.drain();
  for (const server of traffic) server.drain();
  const phases = {
    delayMs: await timed(() => new Promise<void>((resolve) => clock.after(delayMs, resolve))),
    closeMs: await timed(() => close(scene)),
    hooksMs: await timed(() => runHooks(scene, hooks)),
    flushMs: await timed(() => flush(observability, settings.flushTimeoutMs, clock)),
  };
  return {
    reason,
    durationMs: Math.round(clock.monotonicMs() - startedAtMs),
    phases,
    requests: { served: sum(traffic, (one) => one.served), cut: sum(traffic, (one) => one.cut) },
    sockets: { ended: sum(traffic, (one) => one.upgrades.ended), cut: sum(traffic, (one) => one.upgrades.cut) },
    hooks,
  };
}

async function close({ settings, traffic, clock }: Scene): Promise<void> {
  const closed = Promise.all(traffic.map((server) => server.close(settings.onDrainSocket)));
  await limited<unknown>(closed, settings.closeTimeoutMs, clock, () => {
    for (const server of traffic) server.cutAll();
  });
}

async function runHooks({ settings, observability, clock }: Scene, reports: HookReport[]): Promise<void> {
  for (const hook of settings.hooks) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what was asked for
    const report = await runHook(hook, clock);
    reports.push(report);
    const { name, status, durationMs, error } = report;
    const fields = { hook: name, duration_ms: durationMs, ...(status === 'failed' && { err: error }) };
    if (status !== 'done') observability.getLogger('shutdown').error(fields, `shutdown hook ${status}`);
  }
}

/** Last, so that the errors of all that went before are sent. */
async function flush(observability: ShutDownApplication, timeoutMs: number, clock: Clock): Promise<void> {
  const closed = observability.close({ timeoutMs }).catch(() => undefined);
  await limited<unknown>(closed, timeoutMs, clock, () => undefined);
}

function sum(traffic: readonly Traffic[], count: (one: Traffic) => number): number {
  return traffic.reduce((total, one) => total + count(one), 0);
}
