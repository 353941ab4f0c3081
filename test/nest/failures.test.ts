/** What makes a request of Nest's fail is on its access line, wherever it was thrown and whoever answers it. */
import { Readable } from 'node:stream';
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  type HttpServer,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Param,
  Post,
  StreamableFile,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { getRequestId } from '@throughline/core';
import { describe, expect, inject, it } from 'vitest';
import { adapters, startNest } from './service.js';

function corrupt(): never {
  throw new Error('stock is corrupt');
}

@Injectable()
class Broken {
  canActivate(): never {
    return corrupt();
  }
  intercept(): never {
    return corrupt();
  }
  transform(): never {
    return corrupt();
  }
  use(): never {
    return corrupt();
  }
}

/** Answers everything, by itself. */
@Catch()
class Apology implements ExceptionFilter {
  constructor(private readonly adapter: HttpServer) {}

  catch(_: unknown, host: ArgumentsHost): void {
    this.adapter.reply(host.switchToHttp().getResponse(), `sorry, ${getRequestId()}`, 503);
  }
}

@Controller('in')
class Places {
  @Get('guard')
  @UseGuards(Broken)
  guarded(): void {}

  @Get('interceptor')
  @UseInterceptors(Broken)
  intercepted(): void {}

  @Get('pipe/:id')
  @UsePipes(Broken)
  piped(@Param('id') id: string): string {
    return id;
  }

  @Get('controller')
  handled(): void {
    corrupt();
  }

  @Get('promise')
  async awaited(): Promise<void> {
    await Promise.resolve();
    corrupt();
  }

  @Get('middleware')
  behindMiddleware(): void {}

  @Get('refusal')
  refused(): never {
    throw new HttpException('not today', 409, { cause: new Error('closed') });
  }

  @Get('file')
  file(): StreamableFile {
    return new StreamableFile(Readable.from(breaking(), { objectMode: false }));
  }

  @Post()
  create(@Body() body: object): object {
    return body;
  }
}

async function* breaking(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(1000);
  await Promise.resolve();
  corrupt();
}

@Module({ controllers: [Places] })
class Failing implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(Broken).forRoutes('in/middleware');
  }
}

const places = ['guard', 'interceptor', 'pipe/7', 'controller', 'promise', 'middleware'];
const err = { type: 'Error', message: 'stock is corrupt', stack: expect.stringContaining('corrupt') };

describe.each(adapters)(`a failure in Nest ${inject('major')} on %s`, (_, createAdapter) => {
  it.each(places)('is told with its own stack when it comes from %s', async (place) => {
    const service = await startNest({ createAdapter, imports: [Failing] });
    const { id } = await service.send(`/in/${place}`);
    expect((await service.finish()).lines).toMatchObject([{ level: 'error', status: 500, request_id: id, err }]);
  });

  it.each(places)('is told when it comes from %s, and a catch-all filter answers it', async (place) => {
    const service = await startNest({
      createAdapter,
      imports: [Failing],
      configure: (app) => app.useGlobalFilters(new Apology(app.getHttpAdapter())),
    });
    const { id, body } = await service.send(`/in/${place}`);
    expect(body).toBe(`sorry, ${id}`);
    expect((await service.finish()).lines).toMatchObject([{ level: 'error', status: 503, request_id: id, err }]);
  });

  it('is no error but a warning when it is a refusal', async () => {
    const service = await startNest({ createAdapter, imports: [Failing] });
    expect(await service.send('/in/refusal')).toMatchObject({ status: 409 });
    const { lines } = await service.finish();
    expect(lines).toMatchObject([{ level: 'warn', status: 409, err: { message: 'not today' } }]);
  });

  it('is told with the parser’s words when the body is malformed, and with Nest’s when no route matches', async () => {
    const service = await startNest({ createAdapter, imports: [Failing] });
    await service.send({ method: 'POST', path: '/in', headers: { 'content-type': 'application/json' }, body: '{"a":' });
    await service.send('/in/nowhere');
    expect((await service.finish()).lines).toMatchObject([
      { level: 'warn', status: 400, err: { message: expect.stringMatching(/JSON/) } },
      { level: 'warn', status: 404, err: { type: 'NotFoundException', message: 'Cannot GET /in/nowhere' } },
    ]);
  });

  it('is told when a file breaks off that is being sent', async () => {
    const service = await startNest({ createAdapter, imports: [Failing] });
    await service.send('/in/file').catch(() => 'cut off');
    expect((await service.finish()).access).toMatchObject([{ level: 'error', msg: 'request errored', err }]);
  });
});
