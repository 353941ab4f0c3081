import {
  BadRequestException,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  type ArgumentsHost,
  Get,
  type INestApplication,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestModule,
  NotFoundException,
  Param,
  type PipeTransform,
  Post,
  RequestMethod,
  UseGuards,
  UseInterceptors,
  VersioningType,
} from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost, NestFactory } from '@nestjs/core';
import { getContext, getRequestId } from '@throughline/core';
import { ObservabilityModule } from '@throughline/nest';
import { afterEach, describe, expect, it } from 'vitest';
import { type AccessLog, accessLog } from './access-log.js';
import { platforms, type RunningApplication, start, stopAll } from './application.js';

afterEach(stopAll);

/** Where the context was seen, and with which request id. */
const seen = new Map<string, string | undefined>();
const see = (where: string): void => void seen.set(where, getRequestId());

@Injectable()
class Guard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    see('guard');
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: object }>();
    if (request.headers['x-user']) request.user = { sub: request.headers['x-user'], password: 'secret' };
    return request.headers['x-forbidden'] === undefined;
  }
}

@Injectable()
class Interceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): ReturnType<CallHandler['handle']> {
    see('interceptor');
    return next.handle();
  }
}

@Injectable()
class Pipe implements PipeTransform {
  transform(value: string): string {
    see('pipe');
    if (value === 'broken') throw new Error('pipe broke');
    return value;
  }
}

@Catch()
class Filter implements ExceptionFilter {
  catch(_: unknown, host: ArgumentsHost): void {
    see('filter');
    const reply = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): void } }>();
    reply.status(500).send({ caught: true });
  }
}

@Controller('orders')
@UseGuards(Guard)
@UseInterceptors(Interceptor)
class Orders {
  @Get(':id')
  read(@Param('id', Pipe) id: string): object {
    see('controller');
    return { id };
  }

  @Get(':id/gone')
  gone(): never {
    throw new NotFoundException('no such order');
  }

  @Get(':id/boom')
  boom(): never {
    throw new Error('stock is corrupt');
  }

  @Get(':id/slow')
  async slow(): Promise<object> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return { id: getRequestId() };
  }

  @Post()
  create(@Body() body: object): object {
    return { body, path: getContext()?.path };
  }
}

@Controller({ path: 'prices', version: '2' })
class Prices {
  @Get(':id')
  read(): object {
    return { id: getRequestId() };
  }
}

function withId(id: string, init: RequestInit = {}): RequestInit {
  return { ...init, headers: { 'X-Request-Id': id, ...(init.headers as object) } };
}

const controllers = [Orders, Prices];

describe.each(platforms)('ObservabilityModule on %s', (platform) => {
  let log: AccessLog;

  function shop(setUp?: (app: INestApplication) => unknown, imports?: unknown[]): Promise<RunningApplication> {
    log = accessLog();
    const modules = (imports ?? [ObservabilityModule.forRoot({ observability: log.observability })]) as never[];
    return start(platform, { imports: modules, controllers }, setUp);
  }

  it('keeps one context in guard, interceptor, pipe, controller and filter', async () => {
    const { request } = await shop((app) => app.useGlobalFilters(new Filter()));
    seen.clear();
    await request('/orders/7', withId('one'));
    await request('/orders/7/boom', withId('one'));
    expect(Object.fromEntries(seen)).toEqual({
      guard: 'one',
      interceptor: 'one',
      pipe: 'one',
      controller: 'one',
      filter: 'one',
    });
  });

  it.each<[what: string, path: string, init: RequestInit, status: number]>([
    ['an answer', '/api/orders/7', {}, 200],
    [
      'malformed JSON',
      '/api/orders',
      { method: 'POST', body: '{"a":', headers: { 'content-type': 'application/json' } },
      400,
    ],
    [
      'a body that is too large',
      '/api/orders',
      { method: 'POST', body: JSON.stringify('x'.repeat(2_000_000)), headers: { 'content-type': 'application/json' } },
      413,
    ],
    ['a refusal by a guard', '/api/orders/7', { headers: { 'x-forbidden': '1' } }, 403],
    ['a refusal by the application', '/api/orders/7/gone', {}, 404],
    ['an unknown path', '/api/nowhere', {}, 404],
    ['a path outside the global prefix', '/nowhere', {}, 404],
    ['a path that is not a valid URL', '/api/orders/%FF', {}, 400],
    ['a versioned route', '/api/v2/prices/1', {}, 200],
    ['a route excluded from the global prefix', '/orders/7/slow', {}, 200],
    ['a thrown error', '/api/orders/7/boom', {}, 500],
    ['an error in a pipe', '/api/orders/broken', {}, 500],
    [
      'a preflight of CORS',
      '/api/orders',
      { method: 'OPTIONS', headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' } },
      204,
    ],
  ])('sends the id back and writes one access line for %s', async (_, path, init, status) => {
    const { request } = await shop((app) => {
      app.enableCors();
      app.enableVersioning({ type: VersioningType.URI });
      app.setGlobalPrefix('api', { exclude: [{ path: 'orders/:id/slow', method: RequestMethod.GET }] });
    });
    const answer = await request(path, withId('id-1', init));
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([status, 'id-1']);
    const line = await log.of('id-1');
    expect(line).toMatchObject({ status, level: status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info' });
    expect(log.all('id-1')).toHaveLength(1);
  });
});
