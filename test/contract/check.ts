/** Contract of a check: what every dependency's check promises, over real sockets that fail on command. */
import { inspect } from 'node:util';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { createObservability, ConfigError } from '@throughline/core';
import type { CheckOptions, FailureCode, Health, HealthCheck, HealthReport } from '@throughline/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFaultyProxy, type FaultyProxy } from './faulty-proxy.js';
import { PATIENCE } from './patience.js';

/** What the dependency asks for; neither it nor the wrong one may be seen anywhere. */
export const PASSWORD = 'hunter2-correct';
export const WRONG_PASSWORD = 'hunter2-wrong';

/** Longest limit that these tests give a check. */
const deadlineMs = 10_000;

/** For what is no question of time: a busy machine may take longer to answer than a check is usually given. */
export const unhurried: CheckOptions = { timeoutMs: deadlineMs };

/** A check over the driver's own client. */
export interface ConnectedCheck {
  check(options?: CheckOptions): HealthCheck;
  /** Resolves once the client has seen that its connection is gone; at once when it finds out by the next run. */
  disconnected(): Promise<unknown>;
  /** Resolves once the client has a connection again; at once when it makes one by the next run. */
  reconnected(): Promise<unknown>;
  close(): Promise<unknown> | void;
}

export interface CheckSubject {
  readonly name: string;
  /** Starts the dependency, which asks for {@link PASSWORD}. */
  start(): Promise<{ port: number; stop(): Promise<unknown> | void }>;
  /** Connects through the given port, as an app would. */
  connect(port: number, password: string): Promise<ConnectedCheck>;
  readonly codes: { readonly closed: FailureCode; readonly denied: FailureCode };
  /** Makes the check from what is no client or address of this dependency. */
  misuse(given: unknown): HealthCheck;
}

export function describeCheck(subject: CheckSubject): void {
  describe(`${subject.name} check`, () => {
    let dependency: Awaited<ReturnType<CheckSubject['start']>>;
    let proxy: FaultyProxy;
    let connected: ConnectedCheck;

    beforeAll(async () => void (dependency = await subject.start()));
    afterAll(async () => void (await dependency?.stop()));
    beforeEach(async () => {
      proxy = await createFaultyProxy(dependency.port);
      connected = await subject.connect(proxy.port, PASSWORD);
    });
    afterEach(async () => {
      await proxy.mend();
      await connected.close();
      await proxy.close();
    });

    it('is ok while the dependency answers', async () => {
      const report = await healthOf(connected.check(unhurried)).check();
      expect(report).toMatchObject({ status: 'healthy', httpStatus: 200, checks: [{ status: 'ok', required: true }] });
    });

    it(`is down with ${subject.codes.closed} while nothing listens`, async () => {
      const health = healthOf(connected.check());
      await health.check();
      await proxy.refuse();
      await connected.disconnected();
      const checks = [{ status: 'down', code: subject.codes.closed }];
      await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'unhealthy', httpStatus: 503, checks });
    });

    it('is ok on the next probe once the dependency is back', async () => {
      const health = healthOf(connected.check(unhurried));
      await proxy.refuse();
      await connected.disconnected();
      await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'unhealthy' });
      await proxy.mend();
      await connected.reconnected();
      expect((await health.check()).status).toBe('healthy');
    });

    it('is down with TIMEOUT at its limit while the dependency hangs', async () => {
      const health = healthOf(connected.check({ timeoutMs: 60 }));
      proxy.freeze();
      // Timers fall due in their order, however late a busy machine is with all of them.
      const report = await Promise.race([health.check(), delay(800)]);
      expect(report?.checks).toMatchObject([{ status: 'down', code: 'TIMEOUT' }]);
      expect(report?.checks[0]?.durationMs).toBeGreaterThanOrEqual(53); // a driver may be stopped a little early, to say why
    });

    it('is ok once a dependency that hung goes on', async () => {
      const check = connected.check({ timeoutMs: 200 });
      const runs = watch(check);
      const health = healthOf(check);
      proxy.freeze();
      expect((await health.check()).status).toBe('unhealthy');
      await proxy.mend();
      await runs.settled();
      expect((await answered(health)).status).toBe('healthy');
    });

    it('opens no second connection for probes that come while the dependency hangs', async () => {
      const health = healthOf(connected.check({ timeoutMs: 60 }));
      const before = proxy.connections; // some drivers open more than one by themselves
      proxy.freeze();
      await Promise.all(Array.from({ length: 50 }, (_, i) => health.check(i % 2 ? 'ready' : 'health')));
      expect(proxy.connections).toBeLessThanOrEqual(Math.max(1, before));
    });

    it(`is down with ${subject.codes.denied} when the credentials are refused`, async () => {
      const denied = await subject.connect(proxy.port, WRONG_PASSWORD);
      const report = await healthOf(denied.check(unhurried)).check();
      await denied.close();
      expect(report.checks).toMatchObject([{ status: 'down', code: subject.codes.denied }]);
    });

    it('only degrades the service when it is not required', async () => {
      const health = healthOf(connected.check({ required: false }));
      await proxy.refuse();
      await connected.disconnected();
      await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'degraded', httpStatus: 200 });
    });

    it("keeps the driver's error and shows neither it nor a password", async () => {
      const denied = await subject.connect(proxy.port, WRONG_PASSWORD);
      const reports = [await healthOf(denied.check(unhurried)).check()];
      await denied.close();
      const health = healthOf(connected.check());
      await proxy.refuse();
      await connected.disconnected();
      await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'unhealthy' });
      reports.push(await health.check());
      for (const report of reports) {
        expect(report.checks[0]?.error).toBeInstanceOf(Error);
        expect(String(report.checks[0]?.error)).not.toContain('hunter2');
        expect(printed(report)).not.toMatch(/hunter2|127\.0\.0\.1|Error/);
      }
    });

    it('refuses a limit beyond the deadline', () => {
      expect(() => healthOf(connected.check({ timeoutMs: deadlineMs + 1 }))).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION', option: 'health.checks.dependency.timeoutMs' }),
      );
    });

    it.each([[undefined], [null], [{}], ['redis://:hunter2@db'], [{ password: 'hunter2' }]])(
      'refuses %j in place of what it checks, without showing it',
      (given) => {
        const attempt = (): HealthCheck => subject.misuse(given);
        expect(attempt).toThrow(ConfigError);
        expect(attempt).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
      },
    );
  });
}

const silent = { write: () => true };

/** The health of a service that depends on this check alone. */
export function healthOf(check: HealthCheck): Health {
  const { health } = createObservability({
    isolated: true,
    exporters: [],
    log: { destination: silent },
    health: { deadlineMs },
  });
  health.register('dependency', check);
  return health;
}

/** The first report in time: what works may take longer on a busy machine than a check that is to run out of time is given. */
export async function answered(health: Health): Promise<HealthReport> {
  for (;;) {
    const report = await health.check(); // oxlint-disable-line no-await-in-loop -- it is the loop
    if (report.checks[0]?.code !== 'TIMEOUT') return report;
    await turn(); // a run that is out of time but not at its end is told at once
  }
}

/** Both ways in which somebody may print a report by accident. */
function printed(report: HealthReport): string {
  return JSON.stringify(report) + inspect(report, { depth: 5 });
}

/** Watches the runs of a check, so that those which the health no longer waits for can be waited for. */
function watch(check: HealthCheck): { settled(): Promise<unknown> } {
  const runs: unknown[] = [];
  const { probe } = check;
  check.probe = (signal) => {
    const run = probe(signal);
    runs.push(run);
    return run;
  };
  // one round of the event loop later the health knows it too
  return { settled: () => Promise.allSettled(runs).then(() => new Promise((resolve) => setImmediate(resolve))) };
}
