/** The same with terminus, which has no part in a request but stands in the application as ours does. */
import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { createListener as createWithoutHealth } from './nestjs-pino+nestjs-cls.mjs';

class HealthController {
  constructor(health) {
    this.health = health;
  }

  check() {
    return this.health.check([]);
  }
}
Inject(HealthCheckService)(HealthController, undefined, 0);
Controller('health')(HealthController);
Get()(HealthController.prototype, 'check', Object.getOwnPropertyDescriptor(HealthController.prototype, 'check'));

export function createListener() {
  return createWithoutHealth({ imports: [TerminusModule], controllers: [HealthController] });
}
