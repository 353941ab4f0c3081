import { ConfigError, createObservability } from '@throughline/core';
import { health } from '@throughline/express';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../architecture/source.js';
import { serve } from './collector.js';
import { page } from './pages.js';

const healthPage = page('docs/health.md');

/** The longest a check may take, as the refusal of a longer one tells. */
function deadlineMs(): number {
  const check = { probe: () => {}, timeoutMs: 60_001 };
  try {
    createObservability({ isolated: true, exporters: [], health: { checks: { check } } });
  } catch (error) {
    if (error instanceof ConfigError) return Number(/to (\d+)/.exec(error.expected)?.[1]);
  }
  throw new Error('a check of a minute was not refused');
}

describe('docs/health.md', () => {
  it('tells the deadline, and probes of Kubernetes wait longer', () => {
    expect(healthPage).toContain(`within ${deadlineMs()} ms`);
    const timeouts = [...healthPage.matchAll(/timeoutSeconds: (\d+)/g)].map(([, seconds]) => Number(seconds) * 1_000);
    expect(timeouts.length).toBeGreaterThan(0);
    expect(Math.min(...timeouts)).toBeGreaterThan(deadlineMs());
  });

  it('points the probes of Kubernetes at paths that are answered', async () => {
    const observability = createObservability({ isolated: true, exporters: [], log: { level: 'silent' } });
    const url = await serve(express().use('/api', health({ observability })));
    const paths = [...healthPage.matchAll(/httpGet: \{ path: ([^,]+),/g)].map(([, path = '']) => path);
    expect(paths).toHaveLength(3);
    for (const path of paths) expect((await fetch(url + path)).status).toBe(200);
  });

  it('lists all codes of a failure', () => {
    const source = sourceFiles('packages/core/src/health').find(({ path }) => path.endsWith('/failure.ts'))?.text ?? '';
    const codes = [...source.slice(0, source.indexOf('] as const')).matchAll(/^ {2}'(\w+)',$/gm)].map(
      ([, code]) => code,
    );
    expect([...healthPage.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, code]) => code)).toEqual(codes);
  });
});

describe('a figure of a page', () => {
  it.each([
    ['metrics.md', '`2000`', 'metrics/measure.ts', 'maxSeries: 2000'],
    ['exporters.md', '500 ms', 'export/pace.ts', 'minIntervalMs = 500;'],
    ['exporters.md', '128 records', 'export/decide.ts', 'maxBatchEntries = 128;'],
    ['exporters.md', '256 KiB', 'export/delivery.ts', 'maxBatchBytes = 262_144;'],
    ['exporters.md', '10 s for one whole exchange', 'export/delivery.ts', 'defaultTimeoutMs = 10_000;'],
    ['exporters.md', '30 s ± 20 %', 'export/backoff.ts', 'pauseMs = 30_000;'],
    ['exporters.md', '30 s ± 20 %', 'export/backoff.ts', 'jitter = 0.2;'],
    ['exporters.md', '(1 s to 5 min)', 'export/backoff.ts', 'minRetryAfterMs = 1_000;'],
    ['exporters.md', '(1 s to 5 min)', 'export/backoff.ts', 'maxRetryAfterMs = 300_000;'],
    ['exporters.md', '8 MiB', 'export/assembly.ts', 'maxBytes: 8_388_608'],
    ['exporters.md', 'at most 5 s', 'export/exporter.ts', 'flushTimeoutMs = 5_000;'],
    ['exporters.md', 'at most 2 s', 'export/exporter.ts', 'closeTimeoutMs = 2_000;'],
    ['spool.md', '64 MiB', 'export/spool/create-spool.ts', 'maxBytes: 67_108_864'],
    ['spool.md', 'at least 1 MiB', 'export/spool/create-spool.ts', 'minBytes = 1_048_576;'],
    ['spool.md', 'shows every 5 s', 'export/spool/patrol.ts', 'intervalMs = 5_000;'],
    ['spool.md', '60 s of silence', 'export/spool/owner.ts', 'silenceMs = 60_000;'],
    ['spool.md', 'after 15 s', 'export/spool/owner.ts', 'namesakeSilenceMs = 15_000;'],
    ['spool.md', 'longer than 20 ms', 'export/spool/breaker.ts', 'slowMs = 20;'],
    ['spool.md', 'tried again after 30 s', 'export/spool/breaker.ts', 'pauseMs = 30_000;'],
    ['exporters.md', 'at most 128 attributes', 'export/attributes.ts', 'maxAttributes = 128;'],
    ['exporters/openobserve.md', 'tried 20 times', 'exporters/openobserve.ts', 'maxAttempts = 20;'],
    ['exporters/loki.md', '20 times', 'exporters/loki.ts', 'maxAttempts = 20;'],
    ['exporters/loki.md', 'at most 11', 'export/loki-labels.ts', 'maxLabels = 15 - ownLabels.length;'],
    ['exporters/loki.md', '64 KiB', 'export/loki-json.ts', 'maxMetadataBytes = 65_536;'],
    ['exporters/loki.md', '128 fields', 'export/loki-json.ts', 'maxMetadataEntries = 128;'],
    ['exporters/file.md', '16 MiB', 'exporters/file.ts', 'maxBytes = 16_777_216'],
    ['exporters/file.md', 'after a minute', 'export/file-rotation.ts', 'staleLockMs = 60_000;'],
    ['exporters/sentry.md', 'tried 20 times', 'exporters/sentry.ts', 'maxAttempts = 20;'],
    ['exporters/sentry.md', 'at most 128 events', 'export/decide.ts', 'maxBatchEntries = 128;'],
    ['exporters/sentry.md', 'at most 1 MB', 'export/sentry-event.ts', 'maxEventBytes = 1_000_000;'],
    ['exporters/sentry.md', 'or 60 s', 'export/sentry-rate-limits.ts', 'defaultLimitMs = 60_000;'],
    ['exporters/sentry.md', 'a day at most', 'export/backoff.ts', 'maxPauseMs = 86_400_000;'],
    ['health.md', '10 s if no time is given', 'health/health.ts', 'readyTimeoutMs = 10_000;'],
    ['health.md', '± 20 %', 'health/poll.ts', 'jitter = 0.2;'],
    ['health-formats.md', 'at least 16 characters', 'http/bearer-token.ts', 'minTokenLength = 16;'],
    ['context.md', 'at most 2048', 'http/request-observer.ts', 'maxPathLength = 2048;'],
    ['logs.md', 'at most 256 characters', 'http/access-line.ts', 'maxUserAgentLength = 256;'],
    ['logs.md', '8 levels', 'internal/copy.ts', 'maxDepth: 8,'],
    ['logs.md', '2000 members', 'internal/copy.ts', 'maxNodes: 2_000,'],
    ['logs.md', '16 384', 'internal/copy.ts', 'maxStringLength: 16_384,'],
    ['logs.md', '262 144', 'internal/copy.ts', 'maxTotalLength: 262_144,'],
  ])('is that of the source: docs/%s, %s', (path, told, source, real) => {
    expect(page(`docs/${path}`).replaceAll(/\s+/g, ' ')).toContain(told);
    expect(page(`packages/core/src/${source}`)).toContain(real);
  });
});

describe('docs/logs.md', () => {
  it('lists names that are hidden', () => {
    const section = /that\n\n(- contains[\s\S]*?)\n\n/.exec(page('docs/logs.md'))?.[1] ?? '';
    const names = [...section.matchAll(/`(\w+)(?:\(s\))?`/g)].map(([, name = '']) => name);
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const { logger } = createObservability({ isolated: true, exporters: [], log: { level: 'info', destination } });
    logger.info(Object.fromEntries(names.map((name) => [name, 'secret'])));
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => lines[0]?.[name] !== '[Redacted]')).toEqual([]);
  });
});
