import 'reflect-metadata';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger, setUser } from '@throughline/core';
import { ObservabilityModule } from '@throughline/nest';

const log = getLogger('greetings');

class GreetingsController {
  hello(name) {
    setUser({ id: 42 });
    log.info({ name }, 'hello');
    return { hello: name };
  }
}
Param('name')(GreetingsController.prototype, 'hello', 0);
Get('hello/:name')(
  GreetingsController.prototype,
  'hello',
  Object.getOwnPropertyDescriptor(GreetingsController.prototype, 'hello'),
);
Controller()(GreetingsController);

class AppModule {}
Module({
  imports: [
    ObservabilityModule.forRoot({ metrics: {}, health: { path: '/api/health', checks: { db: async () => {} } } }),
  ],
  controllers: [GreetingsController],
})(AppModule);

void NestFactory.create(AppModule, { logger: false }).then(async (app) => {
  await app.listen(0);
  console.log(JSON.stringify({ port: app.getHttpServer().address().port }));
});
