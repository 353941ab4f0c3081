/** Contract of a local check: what every check of the process and its machine promises, which asks nobody. */
import { ConfigError } from '@throughline/core';
import type { CheckOptions, HealthCheck } from '@throughline/core';
import { describe, expect, it } from 'vitest';
import { healthOf, unhurried } from './check.js';

export interface LocalCheckSubject {
  readonly name: string;
  /** Makes a check whose limit holds. */
  within(options?: CheckOptions): HealthCheck;
  /** Makes a check whose limit does not hold, and brings that about if need be. */
  beyond(options?: CheckOptions): Promise<HealthCheck> | HealthCheck;
  /** Makes a check from limits that are of no use. */
  readonly misuses: readonly (() => HealthCheck)[];
}

export function describeLocalCheck(subject: LocalCheckSubject): void {
  describe(`${subject.name} check`, () => {
    it('is ok within its limit', async () => {
      const report = await healthOf(subject.within(unhurried)).check();
      expect(report).toMatchObject({ status: 'healthy', httpStatus: 200, checks: [{ status: 'ok', required: true }] });
    });

    it('is down with OVERLOADED beyond it', async () => {
      const report = await healthOf(await subject.beyond(unhurried)).check();
      const checks = [{ status: 'down', code: 'OVERLOADED' }];
      expect(report).toMatchObject({ status: 'unhealthy', httpStatus: 503, checks });
    });

    it('only degrades the service when it is not required', async () => {
      const report = await healthOf(await subject.beyond({ ...unhurried, required: false })).check();
      expect(report).toMatchObject({ status: 'degraded', httpStatus: 200 });
    });

    it('keeps the figure and shows it to nobody', async () => {
      const [component] = (await healthOf(await subject.beyond(unhurried)).check()).checks;
      expect(String(component?.error)).toMatch(/\d/);
      expect(JSON.stringify(component)).not.toContain('error');
    });

    it('leaves nothing that keeps the process alive', async () => {
      const before = process.getActiveResourcesInfo();
      await subject.within().probe(new AbortController().signal);
      // The test runner has timers of its own, which come and go.
      for (let turn = 0; turn < 1000 && addedSince(before).length > 0; turn += 1) await nextTurn();
      expect(addedSince(before)).toEqual([]);
    });

    it('refuses a limit beyond the deadline', () => {
      expect(() => healthOf(subject.within({ timeoutMs: 60_001 }))).toThrow(ConfigError);
    });

    it.each(subject.misuses.map((misuse) => [String(misuse), misuse] as const))('refuses %s', (_, misuse) => {
      expect(misuse).toThrow(ConfigError);
    });
  });
}

/** What keeps the process alive now and did not before. */
function addedSince(before: readonly string[]): string[] {
  const left = [...before];
  return process.getActiveResourcesInfo().filter((name) => {
    const at = left.indexOf(name);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
