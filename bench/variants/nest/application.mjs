/** Application: the one controller of all Nest variants. */
import 'reflect-metadata';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/**
 * The listener of a Nest application with `GET /orders/:id`.
 *
 * @param parts `imports` and `controllers` beside its own.
 * @param prepare Called with the application before it is initialised; what it returns is called by the handler.
 */
export async function createApplication({ imports = [], controllers = [] } = {}, prepare = () => () => {}) {
  let log;
  class OrdersController {
    read(id) {
      log();
      return { id };
    }
  }
  const { prototype } = OrdersController;
  Controller('orders')(OrdersController);
  Get(':id')(prototype, 'read', Object.getOwnPropertyDescriptor(prototype, 'read'));
  Param('id')(prototype, 'read', 0);

  class AppModule {}
  Module({ imports, controllers: [OrdersController, ...controllers] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  log = prepare(app);
  await app.init();
  return app.getHttpAdapter().getInstance();
}
