/** Outages: what a check says while its real server is killed, suspended and started again. */
import type { HealthChange } from '@throughline/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type CheckSubject, healthOf, PASSWORD, unhurried } from '../contract/check.js';
import { PATIENCE } from '../contract/patience.js';
import type { ServerProcess } from './server-process.js';

export type OutageSubject = Pick<CheckSubject, 'name' | 'connect' | 'codes'>;

/** The server has to be running whenever a test begins, and is when it ends. */
export function describeOutages(subject: OutageSubject, server: () => ServerProcess): void {
  describe(`${subject.name}: a server`, () => {
    afterEach(() => server().resume()); // a test that failed must not take the others with it

    it(`that is killed makes it 503 with ${subject.codes.closed}; the next probe once it runs again is 200, and tells how long it was`, async () => {
      const client = await subject.connect(server().port, PASSWORD);
      const changes: HealthChange[] = [];
      const onChange = (change: HealthChange): void => void changes.push(change);
      const health = healthOf(client.check({ ...unhurried, onDown: onChange, onUp: onChange }));
      expect(await health.check()).toMatchObject({ httpStatus: 200, checks: [{ status: 'ok' }] });
      const killedAtMs = performance.now();
      await server().kill();
      await client.disconnected();
      await expect
        .poll(() => health.check(), PATIENCE)
        .toMatchObject({ httpStatus: 503, checks: [{ status: 'down', code: subject.codes.closed }] });
      const downAtMs = performance.now();
      await server().start();
      await client.reconnected();
      const backAtMs = performance.now();
      expect(await health.check()).toMatchObject({ httpStatus: 200, checks: [{ status: 'ok' }] });
      expect(changes).toMatchObject([{ status: 'down' }, { status: 'ok', outageMs: expect.any(Number) }]);
      const { outageMs } = changes[1] as HealthChange & { status: 'ok' };
      expect(outageMs).toBeGreaterThanOrEqual(backAtMs - downAtMs);
      expect(outageMs).toBeLessThanOrEqual(performance.now() - killedAtMs);
      await client.close();
    });

    it('that is suspended makes it TIMEOUT, and ok once it goes on', async () => {
      const client = await subject.connect(server().port, PASSWORD);
      const health = healthOf(client.check({ timeoutMs: 100 }));
      await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
      await server().suspend();
      const first = await health.check();
      const second = await health.check();
      server().resume();
      expect([first, second]).toMatchObject(Array(2).fill({ httpStatus: 503, checks: [{ code: 'TIMEOUT' }] }));
      await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
      await client.close();
    });

    it('that dies during a run is ok again once it runs again', async () => {
      const client = await subject.connect(server().port, PASSWORD);
      const health = healthOf(client.check({ timeoutMs: 100 }));
      await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
      await server().suspend();
      expect(await health.check()).toMatchObject({ status: 'unhealthy' });
      await server().kill();
      expect(await health.check()).toMatchObject({ status: 'unhealthy' });
      await server().start();
      await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
      await client.close();
    });
  });
}
