/** Nest with Throughline: the smallest useful service. */
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger, setUser } from '@throughline/core';
import { createNestLogger, ObservabilityModule } from '@throughline/nest';

const logger = getLogger('orders');

@Controller()
class OrdersController {
  @Get('orders/:id')
  read(@Param('id') id: string): object {
    setUser({ id: '42' }); // what your authentication does
    logger.info({ order_id: id }, 'order read'); // the request id and the user are on the line
    return { id, state: 'shipped' };
  }

  @Get('fail')
  fail(): never {
    throw new Error('the shelf is empty');
  }
}

const health = { path: '/api/health', checks: { disk: () => access(tmpdir()) } }; // down when it throws

@Module({ imports: [ObservabilityModule.forRoot({ health })], controllers: [OrdersController] })
class AppModule {}

// Nest's own lines, and those of `new Logger(…)`, are like ours.
const app = await NestFactory.create(AppModule, { logger: createNestLogger(), abortOnError: false });
await app.listen(Number(process.env['PORT'] ?? 3000)); // on SIGTERM no request is lost: the module sees to it
