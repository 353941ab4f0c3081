import { describe, expect, it } from 'vitest';
import { createHealth } from './health.js';
import type { HealthReport } from './report.js';

async function componentFor(answer: unknown): Promise<HealthReport['checks'][number] | undefined> {
  return (await createHealth({ checks: { redis: () => Promise.resolve(answer) } }).check()).checks[0];
}

describe('the result of an indicator of terminus', () => {
  it.each([
    ['up', { redis: { status: 'up', latency: 3 } }, 'ok', undefined],
    ['down', { redis: { status: 'down' } }, 'down', 'EXCEPTION'],
    ['down with a reason', { redis: { status: 'down', message: 'Connection is closed.' } }, 'down', 'DISCONNECTED'],
    ['degraded', { redis: { status: 'degraded', message: 'replica lags' } }, 'degraded', 'EXCEPTION'],
    ['up in one part and down in another', { a: { status: 'up' }, b: { status: 'down' } }, 'down', 'EXCEPTION'],
  ])('is taken as it is meant when it says %s', async (_what, answer, status, code) => {
    const component = await componentFor(answer);
    expect({ status: component?.status, code: component?.code }).toEqual({ status, code });
  });

  it.each([
    [{ status: 'down' }],
    [{ redis: { status: 'red' } }],
    [{ rows: [], fields: { status: 'down' } }],
    [[]],
    [{}],
    ['down'],
    [null],
  ])('is not seen in %j, which says nothing', async (answer) => {
    expect(await componentFor(answer)).toMatchObject({ status: 'ok' });
  });
});
