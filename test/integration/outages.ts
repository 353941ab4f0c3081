/** Outages: what a check says while its real server is killed, suspended and started again. */
import { describe, expect, it } from 'vitest';
import { type CheckSubject, healthOf, PASSWORD, PATIENCE } from '../contract/check.js';
import type { ServerProcess } from './server-process.js';

export type OutageSubject = Pick<CheckSubject, 'name' | 'connect' | 'codes'>;

/** Slow brokers and busy machines included; the answers themselves come within the limit of the check. */
const recovery = { ...PATIENCE, timeout: 20_000 };

/** The server has to be running whenever a test begins, and is when it ends. */
export function describeOutages(subject: OutageSubject, server: () => ServerProcess): void {
  describe(`${subject.name}: a server`, { timeout: 60_000 }, () => {
    it(`that is killed makes it 503 with ${subject.codes.closed}; one that runs again makes it 200`, async () => {
      const client = await subject.connect(server().port, PASSWORD);
      const health = healthOf(client.check());
      expect(await health.check()).toMatchObject({ httpStatus: 200, checks: [{ status: 'ok' }] });
      await server().kill();
      await client.disconnected();
      await expect
        .poll(() => health.check(), PATIENCE)
        .toMatchObject({ httpStatus: 503, checks: [{ status: 'down', code: subject.codes.closed }] });
      await server().start();
      await client.reconnected();
      await expect.poll(() => health.check(), recovery).toMatchObject({ httpStatus: 200, checks: [{ status: 'ok' }] });
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
      await expect.poll(() => health.check(), recovery).toMatchObject({ status: 'healthy' });
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
      await expect.poll(() => health.check(), recovery).toMatchObject({ status: 'healthy' });
      await client.close();
    });
  });
}
