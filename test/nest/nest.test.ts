/** What the Nest adapter promises beyond the contract, on both platforms. */
import 'reflect-metadata';
import {
  type CallHandler,
  Catch,
  type ArgumentsHost,
  Controller,
  ForbiddenException,
  Get,
  type ExceptionFilter,
  type INestApplication,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  type Type,
  VersioningType,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createObservability, getRequestId, type Observability } from '@throughline/core';
import { ObservabilityModule } from '@throughline/nest';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { Listening } from '../contract/cell.js';
import { Recorder } from '../contract/recorded.js';
import { type Service, start } from '../contract/start.js';
import { onExpress, onFastify, type Platform } from './platform.js';

@Controller('orders')
class Orders {
  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number): object {
    return { id, request: getRequestId() };
  }

  @Get(':id/forbidden')
  refuse(): never {
    throw new ForbiddenException('not yours');
  }

  @Get(':id/broken')
  fail(): never {
    throw new Error('broken');
  }
}

type Imports = NonNullable<Parameters<typeof Module>[0]['imports']>;
type Configure = (app: INestApplication) => unknown;

function rootOf(imports: Imports, controllers: Type[] = [Orders]): Type {
  @Module({ imports, controllers })
  class Root {}
  return Root;
}

describe.each([
  ['express', onExpress as Platform<never>],
  ['fastify', onFastify as Platform<never>],
])(`nest ${inject('major')} on %s beyond the contract`, (_, { createAdapter }) => {
  async function listen(root: Type, configure: Configure = () => {}): Promise<Listening> {
    const app = await NestFactory.create(root, createAdapter(), { logger: false, abortOnError: false });
    configure(app);
    await app.listen(0, '127.0.0.1');
    return { server: app.getHttpServer(), close: () => app.close() };
  }

  /** Starts an application around the orders. */
  function startOrders(imports: (observability: Observability) => Imports, configure?: Configure): Promise<Service> {
    return start({ name: 'nest', listen: (observability) => listen(rootOf(imports(observability)), configure) });
  }

  it('names routes with the global prefix, the version and the path of the controller', async () => {
    const service = await startOrders(
      (observability) => [ObservabilityModule.forRoot({ observability })],
      (app) => app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    );
    await service.send('/api/v1/orders/7');
    expect((await service.finish()).access).toMatchObject([{ status: 200, route: '/api/v1/orders/:id' }]);
  });

  it('sees requests beside the global prefix', async () => {
    const service = await startOrders(
      (observability) => [ObservabilityModule.forRoot({ observability })],
      (app) => app.setGlobalPrefix('api'),
    );
    const { status, id } = await service.send('/orders/7');
    expect(status).toBe(404);
    const { lines } = await service.finish();
    expect(lines).toMatchObject([{ level: 'warn', status: 404, request_id: id, path: '/orders/7' }]);
    expect(lines[0]).not.toHaveProperty('route');
  });

  it('logs refusals of pipes and handlers at warn', async () => {
    const service = await startOrders((observability) => [ObservabilityModule.forRoot({ observability })]);
    const [piped, handled] = [await service.send('/orders/seven'), await service.send('/orders/7/forbidden')];
    expect((await service.finish()).lines).toMatchObject([
      { level: 'warn', status: 400, route: '/orders/:id', request_id: piped.id },
      { level: 'warn', status: 403, route: '/orders/:id/forbidden', request_id: handled.id },
    ]);
  });

  it.each([
    ['without a global prefix', '/health', () => {}],
    ['under the global prefix', '/api/health', (app: INestApplication) => app.setGlobalPrefix('api')],
  ] as [string, string, Configure][])('answers health %s', async (_name, path, configure) => {
    const checks = { db: () => Promise.resolve() };
    const service = await startOrders(
      (observability) => [ObservabilityModule.forRoot({ observability, health: { checks } })],
      configure,
    );
    const { status, id, body } = await service.send(path);
    expect({ status, body: JSON.parse(body) }).toMatchObject({ status: 200, body: { status: 'healthy', db: 'ok' } });
    expect(id).toBeTruthy();
    for (const view of ['live', 'ready']) expect(await service.send(`${path}/${view}`)).toMatchObject({ status: 200 });
    expect(await service.send({ method: 'HEAD', path })).toMatchObject({ status: 200, body: '' });
    for (const { level } of (await service.finish()).access) expect(level).toBe('debug');
  });

  it('answers health at the path given', async () => {
    const service = await startOrders((observability) => [
      ObservabilityModule.forRoot({ observability, health: { path: '/api/health' } }),
    ]);
    expect(await service.send('/api/health')).toMatchObject({ status: 200 });
    expect(await service.send('/health')).toMatchObject({ status: 404 });
  });

  it('takes its options from a factory', async () => {
    const service = await startOrders((observability) => [
      ObservabilityModule.forRootAsync({ useFactory: () => Promise.resolve({ observability }) }),
    ]);
    const { id, body } = await service.send('/orders/7');
    expect(JSON.parse(body)).toEqual({ id: 7, request: id });
    expect((await service.finish()).access).toMatchObject([{ request_id: id }]);
  });

  it("works bare, with the process's own observability", async () => {
    const recorder = new Recorder();
    const observability = createObservability({ log: { destination: recorder }, exporters: [] });
    onTestFinished(() => observability.close({ timeoutMs: 1000 }));
    const service = await startOrders(() => [ObservabilityModule]);
    const { id } = await service.send('/orders/7');
    expect(await service.send('/health')).toMatchObject({ status: 200 });
    await service.finish();
    expect(recorder.recorded().access).toMatchObject([{ request_id: id, route: '/orders/:id' }]);
  });

  it('adds nothing when the bare module is imported beside the configured one', async () => {
    const service = await startOrders((observability) => [
      ObservabilityModule.forRoot({ observability }),
      rootOf([ObservabilityModule], []),
    ]);
    const { id } = await service.send('/orders/7');
    expect((await service.finish()).access).toMatchObject([{ request_id: id }]);
  });

  it("keeps the error when the application's own filter answers it", async () => {
    @Catch()
    class Teapot implements ExceptionFilter {
      catch(_error: unknown, host: ArgumentsHost): void {
        service.log.info('in the filter');
        host.switchToHttp().getResponse().status(503).send('theirs');
      }
    }
    const service: Service = await startOrders(
      (observability) => [ObservabilityModule.forRoot({ observability })],
      (app) => app.useGlobalFilters(new Teapot()),
    );
    const { status, id, body } = await service.send('/orders/7/broken');
    expect({ status, body }).toEqual({ status: 503, body: 'theirs' });
    expect((await service.finish()).lines).toMatchObject([
      { msg: 'in the filter', request_id: id },
      {
        level: 'error',
        status: 503,
        request_id: id,
        err: { message: 'broken', stack: expect.stringContaining('fail') },
      },
    ]);
  });

  it('gives guards, interceptors and handlers the same context', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class Watcher {
      canActivate(): boolean {
        return seen.push(getRequestId()) > 0;
      }
      intercept(_context: unknown, next: CallHandler): ReturnType<CallHandler['handle']> {
        seen.push(getRequestId());
        return next.handle();
      }
    }
    const service = await startOrders(
      (observability) => [ObservabilityModule.forRoot({ observability })],
      (app) => app.useGlobalGuards(new Watcher()).useGlobalInterceptors(new Watcher()),
    );
    const { id, body } = await service.send('/orders/7');
    expect(seen).toEqual([id, id]);
    expect(JSON.parse(body)).toEqual({ id: 7, request: id });
  });
});
