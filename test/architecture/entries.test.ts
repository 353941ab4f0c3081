import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './source.js';

/** The values each entry gives: a name added or lost here is a change of the public API. */
const entries: Record<string, readonly string[]> = {
  '@throughline/core': [
    'ConfigError',
    'bindContext',
    'createObservability',
    'extractContext',
    'getContext',
    'getLogger',
    'getObservability',
    'getRequestId',
    'gracefulShutdown',
    'injectContext',
    'livenessWorker',
    'pinoOptions',
    'runOutsideContext',
    'runWithContext',
    'setContext',
    'setUser',
    'withContext',
  ],
  '@throughline/core/adapter': [
    'Exchange',
    'answerError',
    'createHealthEndpoint',
    'createRequestObserver',
    'exchangeOf',
    'exposeRequest',
    'observePrototypes',
    'perProcess',
  ],
  '@throughline/core/bridges/pino-http': ['bridgePinoHttp'],
  '@throughline/core/checks/amqp': ['amqpCheck'],
  '@throughline/core/checks/disk': ['diskCheck'],
  '@throughline/core/checks/event-loop': ['eventLoopCheck'],
  '@throughline/core/checks/exporter': ['exporterCheck'],
  '@throughline/core/checks/http': ['httpCheck'],
  '@throughline/core/checks/kafka': ['kafkaCheck'],
  '@throughline/core/checks/memory': ['memoryCheck'],
  '@throughline/core/checks/mongodb': ['mongodbCheck'],
  '@throughline/core/checks/mysql': ['mysqlCheck'],
  '@throughline/core/checks/nats': ['natsCheck'],
  '@throughline/core/checks/postgres': ['postgresCheck'],
  '@throughline/core/checks/redis': ['redisCheck'],
  '@throughline/core/checks/s3': ['s3Check'],
  '@throughline/core/checks/tcp': ['tcpCheck'],
  '@throughline/core/exporters/file': ['fileExporter'],
  '@throughline/core/exporters/loki': ['lokiExporter', 'lokiFromEnvironment'],
  '@throughline/core/exporters/openobserve': ['openobserveExporter', 'openobserveFromEnvironment'],
  '@throughline/core/exporters/otlp': ['otlpExporter', 'otlpFromEnvironment'],
  '@throughline/core/exporters/sentry': ['sentryExporter', 'sentryFromEnvironment'],
  '@throughline/core/metrics': ['createMetricsEndpoint', 'createMetricsServer', 'metricsCatalogue', 'shareMetrics'],
  '@throughline/core/testing': ['recordErrors', 'recordLogs'],
  '@throughline/express': ['errorHandler', 'health', 'metrics', 'requestContext'],
  '@throughline/koa': ['health', 'metrics', 'requestContext'],
  '@throughline/nest': ['HealthIndicator', 'OBSERVABILITY', 'ObservabilityModule', 'createNestLogger'],
};

describe('a public entry', () => {
  it.each(Object.entries(entries))('%s gives exactly the names it promises', async (entry, names) => {
    expect(
      Object.keys((await import(entry)) as object)
        .filter((name) => name !== 'default')
        .toSorted(),
    ).toEqual(names);
  });

  it('has its row above for every leaf', () => {
    const leaves = ['bridges', 'checks', 'exporters'].flatMap((folder) =>
      readdirSync(join(root, 'packages/core/src', folder))
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .map((file) => `@throughline/core/${folder}/${file.slice(0, -3)}`),
    );
    expect(leaves.filter((leaf) => !(leaf in entries))).toEqual([]);
  });
});

/** What a published declaration may import: an optional package there would break users who do not have it. */
const declarationImports: Record<string, RegExp> = {
  core: /^(\.|node:|pino$|@opentelemetry\/api$)/,
  express: /^(\.|node:|express$|@throughline\/core(\/(adapter|metrics))?$)/,
  koa: /^(\.|node:|koa$|@throughline\/core(\/(adapter|metrics))?$)/,
  nest: /^(\.|node:|@nestjs\/(common|core)$|rxjs$|@throughline\/core(\/(adapter|metrics))?$)/,
};

describe('published declarations', () => {
  it.each(Object.entries(declarationImports))('of %s import no optional package', (name, allowed) => {
    const dist = join(root, 'packages', name, 'dist');
    const declarations = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.d.ts'),
    );
    const foreign = declarations.flatMap((file) =>
      [...readFileSync(join(dist, file), 'utf8').matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)]
        .map(([, specifier = '']) => specifier)
        .filter((specifier) => !allowed.test(specifier))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(declarations.length).toBeGreaterThan(1);
    expect(foreign).toEqual([]);
  });
});
