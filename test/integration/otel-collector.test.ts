import { createObservability, type Observability } from '@throughline/core';
import { otlpExporter } from '@throughline/core/exporters/otlp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATIENCE } from '../contract/patience.js';
import { plainAttributes, type LogsRequest } from '../exporters/otlp-decoder.js';
import { startOtelCollector, type OtelCollector } from './otel-collector.js';
import { builtBackend } from './require-service.js';

const service = { name: 'shop', version: '1.4.0', environment: 'test' };
const binary = builtBackend('otel-collector');

describe.skipIf(binary === undefined)(
  'a real OpenTelemetry Collector (node scripts/backends/otel-collector.mjs)',
  () => {
    describe.each(['http/protobuf', 'http/json'] as const)('over %s', (protocol) => {
      describe.each(['none', 'gzip'] as const)('packed with %s', (compression) => {
        let collector: OtelCollector;
        let observability: Observability;
        /** Ids of all records that were ever encoded. */
        let uids: Set<string>;

        const status = (): ReturnType<Observability['status']>['exporters'][number] | undefined =>
          observability.status().exporters[0];

        beforeEach(async () => {
          collector = await startOtelCollector(binary ?? '');
          vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
          uids = new Set();
          const exporter = otlpExporter({ url: collector.url, protocol, compression });
          observability = createObservability({
            isolated: true,
            service,
            log: { destination: { write: () => undefined } },
            exporters: [
              {
                ...exporter,
                encode(batch, sender) {
                  for (const { record } of batch) uids.add(record.uid);
                  return exporter.encode(batch, sender);
                },
              },
            ],
          });
        });

        afterEach(async () => {
          await observability.close();
          vi.useRealTimers();
          await collector.remove();
        });

        /** Lets requests leave when they are due, until nothing waits. */
        async function drain(): Promise<void> {
          const endNs = process.hrtime.bigint() + BigInt(PATIENCE.timeout) * 1_000_000n;
          while (status()?.queued !== 0) {
            if (process.hrtime.bigint() > endNs) throw new Error(JSON.stringify(status()));
            if (status()?.state === 'sending') await new Promise(setImmediate);
            else vi.advanceTimersByTime(500);
          }
        }

        it('writes an error with all its fields as they were', async () => {
          const error = Object.assign(new TypeError('x is not a function, é'), { code: 'E_X' });
          observability.logger.error(
            { err: error, order_id: 7, ratio: 0.5, paid: false, debt: -(2 ** 60) },
            'order failed',
          );
          await drain();
          const [logs] = (JSON.parse(collector.file()) as LogsRequest).resourceLogs;
          expect(plainAttributes(logs?.resource.attributes ?? [])).toMatchObject({ 'service.name': 'shop' });
          const [record] = logs?.scopeLogs[0]?.logRecords ?? [];
          expect(record).toMatchObject({
            severityNumber: 17,
            severityText: 'ERROR',
            body: { stringValue: 'order failed' },
          });
          expect(record?.timeUnixNano).toMatch(/^\d{13}000000$/);
          expect(plainAttributes(record?.attributes ?? [])).toMatchObject({
            'exception.type': 'TypeError',
            'exception.message': 'x is not a function, é',
            'error.code': 'E_X',
            order_id: 7,
            ratio: 0.5,
            paid: false,
            debt: -(2 ** 60),
          });
        });

        it('reads why the collector refuses what it cannot read', async () => {
          const exporter = otlpExporter({ url: collector.url, protocol });
          const { url, headers: sent } = exporter.encode([], {
            ...service,
            host: 'h',
            pid: 1,
            instanceId: 'i',
            nowMs: 0,
          });
          const response = await fetch(url, { method: 'POST', headers: sent, body: 'no logs at all' });
          const bytes = new Uint8Array(await response.arrayBuffer());
          const answer = { status: response.status, headers: Object.fromEntries(response.headers), bytes };
          const verdict = exporter.classify({ ...answer, body: Buffer.from(bytes).toString() }, []);
          expect(verdict).toMatchObject({ kind: 'rejected', separable: true });
          expect('detail' in verdict && verdict.detail).toMatch(/^[ -~]{10,}$/);
        });

        it('holds every uid in its file after it was killed and started again while errors flow', async () => {
          for (let index = 0; index < 300; index++) {
            if (index === 100) await collector.kill();
            if (index === 200) await collector.start();
            observability.logger.error(new Error(`error ${index}`), `error ${index}`);
            vi.advanceTimersByTime(100);
            await new Promise(setImmediate);
          }
          expect(status()).toMatchObject({ state: 'backing-off' });
          await drain();
          expect(status()).toMatchObject({ offered: 300, delivered: 300, rejected: 0, dropped: 0, unconfirmed: 0 });
          const kept = collector.file().matchAll(/"log\.record\.uid","value":\{"stringValue":"([0-9A-Z]{26})"\}/g);
          expect(new Set([...kept].map(([, uid]) => uid))).toEqual(uids);
          expect(uids.size).toBe(300);
        });
      });
    });
  },
);
