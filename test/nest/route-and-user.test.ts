/** Route and user: what Nest knows of a request when it is over. */
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  RequestMethod,
  type Type,
  UseGuards,
  VersioningType,
} from '@nestjs/common';
import { ObservabilityModule } from '@throughline/nest';
import { describe, expect, inject, it } from 'vitest';
import { adapters, startNest } from './service.js';

class SignIn implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ user?: unknown; session?: unknown }>();
    request.user = { sub: 'auth0|7', email: 'ann@example.org' };
    request.session = { account: { id: 42 } };
    return true;
  }
}

@Controller({ path: 'orders', version: ['1', '2'] })
@UseGuards(SignIn)
class Orders {
  @Get()
  list(): object {
    return [];
  }

  @Get(':id/items/:item')
  read(): object {
    return {};
  }
}

/** Has middleware run for every path, as routes of its own, which refuses where it is asked to. */
function withMiddleware(path: string): Type {
  @Module({})
  class WithMiddleware implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      const middleware = (
        req: { headers: Record<string, string> },
        res: { statusCode: number; end(): void },
        next: () => void,
      ): void => (req.headers['x-refuse'] ? ((res.statusCode = 401), res.end()) : next());
      consumer.apply(middleware).forRoutes({ path, method: RequestMethod.ALL });
    }
  }
  return WithMiddleware;
}

describe.each(adapters)(`in Nest ${inject('major')} on %s`, (platform, createAdapter) => {
  const everything = inject('major') === 10 ? '*' : '{*path}';

  it('the route has the global prefix and the version', async () => {
    const service = await startNest({
      createAdapter,
      controllers: [Orders],
      configure: (app) => app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI }),
    });
    await service.send('/api/v2/orders/7/items/8?page=1');
    await service.send('/api/v1/orders');
    expect((await service.finish()).access).toMatchObject([
      { route: '/api/v2/orders/:id/items/:item' },
      { route: '/api/v1/orders' },
    ]);
  });

  it('a path of middleware is no route', async () => {
    const service = await startNest({
      createAdapter,
      controllers: [Orders],
      imports: [withMiddleware(everything)],
      configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    });
    const headers = { 'x-version': '1' };
    await service.send({ path: '/orders', headers });
    await service.send({ path: '/nowhere', headers });
    await service.send({ path: '/nowhere', headers: { ...headers, 'x-refuse': '1' } });
    const { access } = await service.finish();
    expect(access.map(({ status, route }) => [status, route])).toEqual([
      [200, '/orders'],
      [404, undefined],
      [401, undefined],
    ]);
  });

  it('the user is found where a guard left it, and only its id is logged', async () => {
    const service = await startNest({ createAdapter, controllers: [Orders] });
    await service.send('/orders');
    const [line] = (await service.finish()).access;
    expect(line).toMatchObject({ user_id: 'auth0|7' });
    expect(line?.text).not.toContain('ann@');
  });

  it('the user is looked for on the platform’s own request', async () => {
    interface Session {
      session?: { account: { id: number } };
      /** Fastify's request has it, and Node's under `raw`. */
      routeOptions?: object;
    }
    const asked: boolean[] = [];
    const user = (request: Session): unknown => {
      asked.push(request.routeOptions !== undefined);
      return request.session?.account;
    };
    const service = await startNest({ createAdapter, controllers: [Orders] }, (observability) => [
      ObservabilityModule.forRoot({ observability, request: { user } }),
    ]);
    await service.send('/orders');
    expect((await service.finish()).access).toMatchObject([{ user_id: '42' }]);
    expect(new Set(asked)).toEqual(new Set([platform === 'fastify']));
  });
});
