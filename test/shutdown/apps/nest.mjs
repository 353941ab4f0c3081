import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ObservabilityModule } from '@throughline/nest';
import { endPool, say, work } from './pool.mjs';

const { platform, signals, hang, shutdown } = JSON.parse(process.argv[2]);

class Pool {
  async onModuleDestroy() {
    endPool();
    if (hang === 'hook') await new Promise(() => setInterval(() => {}, 1000));
    if (hang === 'throw') throw new Error('the pool would not end');
  }
  onApplicationShutdown(signal) {
    say(`last hook after ${signal}`);
  }
}

class WorkController {
  work() {
    return work();
  }
}
const method = Object.getOwnPropertyDescriptor(WorkController.prototype, 'work');
Get('work')(WorkController.prototype, 'work', method);
Controller()(WorkController);

class AppModule {}
const observability = ObservabilityModule.forRoot({
  exporters: [],
  log: { levels: { http: 'warn' } },
  health: { path: '/api/health' },
  ...(shutdown && { shutdown }),
});
Module({ imports: [observability], controllers: [WorkController], providers: [Pool] })(AppModule);

const { ExpressAdapter } = platform === 'express' ? await import('@nestjs/platform-express') : {};
const { FastifyAdapter } = platform === 'fastify' ? await import('@nestjs/platform-fastify') : {};
const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
const app = await NestFactory.create(AppModule, adapter, { logger: false, abortOnError: false });
if (signals === 'nest') app.enableShutdownHooks();
if (signals === 'own') {
  const handle = async () => {
    await app.close();
    say('own handler goes on');
    process.exitCode = 5;
  };
  process.once('SIGTERM', () => void handle());
}
await app.listen(0, '127.0.0.1');
say(app.getHttpServer().address().port);
