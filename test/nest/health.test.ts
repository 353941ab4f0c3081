/** Health in Nest: without a controller, before guards, below the global prefix. */
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { ObservabilityModule } from '@throughline/nest';
import { describe, expect, inject, it } from 'vitest';
import { adapters, startNest } from './service.js';

const everywhere = ['/health', '/api/health', '/v1/health', '/api/v1/health', '/api/api/health'];

const places: [what: string, prefix: string | undefined, path: string | undefined, answered: string[]][] = [
  ['at /health by default', undefined, undefined, ['/health']],
  ['below the global prefix by default', 'api', undefined, ['/api/health']],
  ['below a global prefix with slashes', '/api/', undefined, ['/api/health']],
  ['below a global prefix of two segments', 'api/v1', undefined, ['/api/v1/health']],
  ['at a given path alone', undefined, '/api/health', ['/api/health']],
  ['at a given path that begins with the global prefix', 'api', '/api/health', ['/api/health']],
  ['at a given path, and below the global prefix', 'api', '/v1/health', ['/v1/health', '/api/v1/health']],
];

describe.each(adapters)(`health in Nest ${inject('major')} on %s`, (_, createAdapter) => {
  it.each(places)('is answered %s', async (_what, prefix, path, answered) => {
    const service = await startNest(
      { createAdapter, configure: (app) => prefix && app.setGlobalPrefix(prefix) },
      (observability) => [ObservabilityModule.forRoot({ observability, ...(path && { health: { path } }) })],
    );
    const found = [];
    for (const asked of everywhere) if ((await service.send(asked)).status === 200) found.push(asked);
    expect(found).toEqual(answered);
    for (const view of ['live', 'ready', '?format=x']) {
      expect(await service.send(`${answered[0]}${view.startsWith('?') ? view : `/${view}`}`)).toMatchObject({
        status: 200,
      });
    }
    expect(await service.send(`${answered[0]}/other`)).toMatchObject({ status: 404 });
  });

  it('is not asked for leave by guards, middleware and body parsers', async () => {
    const refuse = (app: INestApplication): void => {
      app.useGlobalGuards({ canActivate: () => false });
      app.use((_req: unknown, res: { statusCode: number; end(): void }) => ((res.statusCode = 401), res.end()));
    };
    const service = await startNest({ createAdapter, configure: refuse });
    const answer = await service.send({ path: '/health', headers: { 'x-request-id': 'probe-1' } });
    expect(answer).toMatchObject({ status: 200, id: 'probe-1', body: expect.stringContaining('"status":"healthy"') });
    expect(await service.send({ method: 'POST', path: '/health', body: '{' })).toMatchObject({ status: 405 });
  });

  it('asks the checks of the module and those registered elsewhere', async () => {
    const service = await startNest({ createAdapter }, (observability) => [
      ObservabilityModule.forRoot({
        observability,
        health: { checks: { db: () => Promise.reject(new Error('gone')) } },
      }),
    ]);
    service.observability.health.register('queue', async () => {});
    const { status, body } = await service.send('/health');
    expect([status, JSON.parse(body)]).toMatchObject([503, { status: 'unhealthy', db: 'down', queue: 'ok' }]);
  });

  it('refuses a path without a slash when the application is created', async () => {
    const starting = startNest({ createAdapter }, (observability) => [
      ObservabilityModule.forRoot({ observability, health: { path: 'health' } }),
    ]);
    await expect(starting).rejects.toMatchObject({ code: 'INVALID_OPTION', option: 'health.path' });
  });

  it('leaves other paths to the application', async () => {
    @Controller('healthy')
    class Healthy {
      @Get()
      read(): string {
        return 'theirs';
      }
    }
    const service = await startNest({ createAdapter, controllers: [Healthy] });
    expect(await service.send('/healthy')).toMatchObject({ status: 200, body: 'theirs' });
  });
});
