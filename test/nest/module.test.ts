/** Where the module stands: before everything that Nest does with a request, however the application is built. */
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Module,
  Param,
  type PipeTransform,
  Post,
  Query,
  RequestMethod,
  UseGuards,
  UseInterceptors,
  VersioningType,
} from '@nestjs/common';
import { NestApplication, NestFactory } from '@nestjs/core';
import { NoopGraphInspector } from '@nestjs/core/inspector/noop-graph-inspector.js';
import { getRequestId } from '@throughline/core';
import { ObservabilityModule } from '@throughline/nest';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { Request } from '../contract/client.js';
import { start } from '../contract/start.js';
import { onExpress } from './platform.js';
import { adapters, listening, quiet, rootOf, startNest } from './service.js';

/** Where code of the application ran, and the request id it saw there. */
let seen: [where: string, requestId: string | undefined][] = [];
const see = (where: string): void => void seen.push([where, getRequestId()]);

afterEach(() => {
  seen = [];
});

@Injectable()
class Watch implements PipeTransform {
  canActivate(context: ExecutionContext): boolean {
    see('guard');
    return (
      context.switchToHttp().getRequest<{ headers: object }>().headers['x-forbidden' as keyof object] === undefined
    );
  }

  intercept(_: ExecutionContext, next: CallHandler): ReturnType<CallHandler['handle']> {
    see('interceptor');
    return next.handle();
  }

  transform(value: unknown): unknown {
    see('pipe');
    return value;
  }
}

@Controller('orders')
@UseGuards(Watch)
@UseInterceptors(Watch)
class Orders {
  @Get()
  list(@Query() query: object): object {
    return query;
  }

  @Get(':id')
  async read(@Param('id', Watch) id: string): Promise<object> {
    see('controller');
    await new Promise((resolve) => setTimeout(resolve, 1));
    see('after a timer');
    return { id };
  }

  @Get(':id/boom')
  boom(): never {
    throw new Error('stock is corrupt');
  }

  @Post()
  create(): object {
    return {};
  }
}

@Controller({ path: 'prices', version: '2' })
class Prices {
  @Get(':id')
  read(): object {
    return {};
  }
}

const controllers = [Orders, Prices];
const json = { 'content-type': 'application/json' };
const preflight = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
const excluded = { path: 'orders/:id', method: RequestMethod.GET };

const requests: [what: string, status: number, route: string | undefined, request: Request][] = [
  ['a versioned route', 200, '/api/v2/prices/:id', { path: '/api/v2/prices/1' }],
  ['a route excluded from the global prefix', 200, '/orders/:id', { path: '/orders/7' }],
  ['malformed JSON', 400, undefined, { method: 'POST', path: '/api/orders', headers: json, body: '{"a":' }],
  [
    'a body that is too large',
    413,
    undefined,
    { method: 'POST', path: '/api/orders', headers: json, body: `"${'x'.repeat(2_000_000)}"` },
  ],
  ['the refusal of a guard', 403, '/orders/:id', { path: '/orders/7', headers: { 'x-forbidden': '1' } }],
  ['an unknown path', 404, undefined, { path: '/api/nowhere' }],
  ['a path beside the global prefix', 404, undefined, { path: '/nowhere' }],
  ['an unknown version', 404, undefined, { path: '/api/v3/prices/1' }],
  ['a path that cannot be decoded', 400, undefined, { path: '/orders/%FF' }],
  ['a preflight of CORS', 204, undefined, { method: 'OPTIONS', path: '/api/orders', headers: preflight }],
  ['an error', 500, '/api/orders/:id/boom', { path: '/api/orders/7/boom' }],
];

function configure(app: INestApplication): void {
  app.enableCors();
  app.enableVersioning({ type: VersioningType.URI });
  app.setGlobalPrefix('api', { exclude: [excluded] });
}

describe.each(adapters)(`the module in Nest ${inject('major')} on %s`, (platform, createAdapter) => {
  it.each(requests)('sends the id back and writes one access line for %s', async (_, status, route, request) => {
    const service = await startNest({ createAdapter, controllers, configure });
    const headers = { ...request.headers, 'x-request-id': 'demo-1' };
    expect(await service.send({ ...request, headers })).toMatchObject({ status, id: 'demo-1' });
    const level = status < 400 ? 'info' : status < 500 ? 'warn' : 'error';
    const { access } = await service.finish();
    expect(access).toMatchObject([{ level, status, request_id: 'demo-1' }]);
    // Fastify matches before it reads the body, Express after.
    expect(access[0]?.['route']).toBe(request.body && platform === 'fastify' ? '/api/orders' : route);
  });

  it('keeps one context in middleware, guard, interceptor, pipe and controller', async () => {
    @Module({})
    class WithMiddleware {
      configure(consumer: import('@nestjs/common').MiddlewareConsumer): void {
        const middleware = (_req: unknown, _res: unknown, next: () => void): void => (see('middleware'), next());
        consumer.apply(middleware).forRoutes(Orders);
      }
    }
    const main = (app: INestApplication): unknown =>
      app.use((_req: unknown, _res: unknown, next: () => void) => (see('main.ts'), next()));
    const service = await startNest({ createAdapter, controllers, imports: [WithMiddleware], configure: main });
    await service.send({ path: '/orders/7', headers: { 'x-request-id': 'demo-1' } });
    const places = ['main.ts', 'middleware', 'guard', 'interceptor', 'pipe', 'controller', 'after a timer'];
    expect(seen).toEqual(places.map((place) => [place, 'demo-1']));
  });

  it('stands there too when the HTTP adapter comes after the modules, as it does in @nestjs/testing', async () => {
    const service = await start({
      name: 'nest',
      async listen(observability) {
        const imports = [ObservabilityModule.forRoot({ observability })];
        const context = await NestFactory.createApplicationContext(rootOf({ imports, controllers }), quiet);
        const { container } = context as unknown as { container: ConstructorParameters<typeof NestApplication>[0] };
        const adapter = createAdapter();
        container.setHttpAdapter(adapter);
        const config = container.applicationConfig ?? raise('no config');
        return listening(new NestApplication(container, adapter, config, NoopGraphInspector, {}));
      },
    });
    const { id } = await service.send('/orders/7');
    expect(await service.send({ method: 'POST', path: '/orders', headers: json, body: '{' })).toMatchObject({
      status: 400,
    });
    expect(await service.send('/health')).toMatchObject({ status: 200 });
    expect(seen[0]).toEqual(['guard', id]);
    expect((await service.finish()).access).toMatchObject([{ status: 200 }, { status: 400 }, { level: 'debug' }]);
  });

  it('writes one access line, and says nothing of it, when it is imported bare in other modules as well', async () => {
    const features = [1, 2].map(() => rootOf({ imports: [ObservabilityModule] }));
    const service = await startNest({ createAdapter, controllers, imports: features });
    const { id } = await service.send('/orders/7');
    expect((await service.finish()).lines).toMatchObject([{ msg: 'request completed', request_id: id }]);
  });

  it('says once that it was given options twice', async () => {
    const service = await startNest({ createAdapter, controllers }, (observability) => [
      ObservabilityModule.forRoot({ observability }),
      ObservabilityModule.forRoot({ observability, request: { requestId: { trust: 'never' } } }),
    ]);
    await service.send('/orders/7');
    const { lines, access } = await service.finish();
    expect(access).toHaveLength(1);
    expect(lines.filter(({ msg }) => /more than once/.test(msg))).toHaveLength(1);
  });

  it('refuses an HTTP adapter it does not know', async () => {
    const adapter = Object.assign(createAdapter(), { getType: () => 'carrier-pigeon' });
    const imports = [ObservabilityModule.forRoot({})];
    await expect(NestFactory.create(rootOf({ imports }), adapter, quiet)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining("got 'carrier-pigeon'"),
    });
  });
});

describe(`the module in Nest ${inject('major')}`, () => {
  it('leaves what main.ts sets on Express in force', async () => {
    const service = await startNest({
      createAdapter: onExpress.createAdapter,
      controllers,
      configure: (app) =>
        app
          .getHttpAdapter()
          .getInstance()
          .set('query parser', (text: string) => ({ text })),
    });
    expect(await service.send('/orders?page=2')).toMatchObject({ body: '{"text":"page=2"}' });
  });

  it('does no harm in an application without HTTP', async () => {
    const imports = [ObservabilityModule.forRoot({})];
    const context = await NestFactory.createApplicationContext(rootOf({ imports }), quiet);
    await expect(context.init().then(() => context.close())).resolves.toBeUndefined();
  });
});

function raise(message: string): never {
  throw new Error(message);
}
