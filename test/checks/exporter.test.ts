import { ConfigError, createObservability, type Observability } from '@throughline/core';
import { exporterCheck } from '@throughline/core/checks/exporter';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSink, type Sink } from '../contract/faulty-sink.js';
import { PATIENCE } from '../contract/patience.js';

describe('exporterCheck', () => {
  let sink: Sink;
  let observability: Observability;

  beforeEach(async () => {
    sink = await startSink(() => ({ status: 200, body: '{"code":200,"status":[{"successful":1,"failed":0}]}' }));
    observability = createObservability({
      isolated: true,
      log: { destination: { write: () => undefined } },
      exporters: [openobserveExporter({ url: sink.url, key: 'shop:secret' })],
    });
    observability.health.register(
      'exporter',
      exporterCheck(() => observability),
    );
  });

  afterEach(async () => {
    await observability.close({ timeoutMs: 1 });
    await sink.close();
  });

  /** Logs an error, and waits until its fate is known. */
  async function report(state: string): Promise<void> {
    observability.logger.error('failed');
    await expect.poll(() => observability.status().exporters[0], PATIENCE).toMatchObject({ state, offered: 1 });
  }

  it('is ok as long as errors arrive', async () => {
    await report('idle');
    expect(await observability.health.check()).toMatchObject({ status: 'healthy', checks: [{ status: 'ok' }] });
  });

  it('degrades the service, and never fails it, while the destination is away', async () => {
    sink.react = () => ({ status: 503 });
    await report('backing-off');
    const checks = [{ name: 'exporter', status: 'down', required: false, code: 'DISCONNECTED' }];
    expect(await observability.health.check()).toMatchObject({ status: 'degraded', httpStatus: 200, checks });
  });

  it('says AUTH while the credential is not accepted', async () => {
    sink.react = () => ({ status: 401 });
    await report('paused');
    expect(await observability.health.check()).toMatchObject({ status: 'degraded', checks: [{ code: 'AUTH' }] });
  });

  it('says READONLY while the spool cannot be written', async () => {
    const status = (): ReturnType<Observability['status']> => ({
      ...observability.status(),
      spool: { directory: '/x', state: 'degraded', bytes: 0, maxBytes: 1, recovered: 0, damaged: 0, lastError: null },
    });
    observability.health.register('spool', exporterCheck({ status }));
    const { checks } = await observability.health.check();
    expect(checks).toMatchObject([{ status: 'ok' }, { name: 'spool', status: 'down', code: 'READONLY' }]);
  });

  it.each([[undefined], [null], [{}], ['observability']])('refuses %j', (owner) => {
    expect(() => exporterCheck(owner as unknown as Observability)).toThrow(ConfigError);
  });
});
