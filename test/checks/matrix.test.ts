/** What the checks of the shelf say of themselves: where they ask, and whether they may have a say in liveness. */
import { createObservability, type Health, type HealthCheck } from '@throughline/core';
import { diskCheck } from '@throughline/core/checks/disk';
import { eventLoopCheck } from '@throughline/core/checks/event-loop';
import { httpCheck } from '@throughline/core/checks/http';
import { memoryCheck } from '@throughline/core/checks/memory';
import { tcpCheck } from '@throughline/core/checks/tcp';
import { describe, expect, it } from 'vitest';

function healthOf(checks: Record<string, HealthCheck>): Health {
  return createObservability({ isolated: true, exporters: [], log: { level: 'silent' }, health: { checks } }).health;
}

const effects = { live: 'fail' } as const;

describe('the checks of the shelf', () => {
  it('name the host they ask, without user, password and path', () => {
    const table = healthOf({
      inventory: httpCheck('http://user:hunter2@inventory:3001/health/live?key=hunter2'),
      smtp: tcpCheck({ host: 'mail.internal', port: 25 }),
    }).explain();
    expect(table).toMatch(/^inventory .* inventory:3001$/m);
    expect(table).toMatch(/^smtp .* mail\.internal:25$/m);
    expect(table).not.toContain('hunter2');
  });

  it.each([
    ['memory', () => memoryCheck({ effects })],
    ['the event loop', () => eventLoopCheck({ effects })],
    ['the disk', () => diskCheck('/', { effects })],
  ])('may fail live when they are about this process alone: %s', (_what, check) => {
    expect(healthOf({ own: check() }).simulate({ own: 'down' }).live).toEqual({ status: 'unhealthy', httpStatus: 503 });
  });

  it.each([
    ['HTTP', () => httpCheck('http://inventory:3001', { effects })],
    ['TCP', () => tcpCheck({ host: 'mail.internal', port: 25 }, { effects })],
  ])('may not when they are about something that all instances share: %s', (_what, check) => {
    expect(() => healthOf({ shared: check() })).toThrow(/allow: true/);
  });

  it('have no say in live unless they are told', () => {
    const own = { memory: memoryCheck(), loop: eventLoopCheck(), disk: diskCheck('/') };
    expect(healthOf(own).simulate({ memory: 'down', loop: 'down', disk: 'down' }).live.status).toBe('healthy');
  });
});
