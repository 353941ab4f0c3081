/** terminus: each probe asks all dependencies, each within the 500 ms that ours gives them. */
import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { createApplication } from '../nest/application.mjs';

export function createListener(url) {
  class HealthController {
    constructor(health, indicators) {
      this.health = health;
      this.indicators = indicators;
    }

    check() {
      return this.health.check(['db', 'redis', 'queue'].map((name) => () => this.ask(name)));
    }

    async ask(name) {
      const indicator = this.indicators.check(name);
      const answer = await fetch(`${url}/${name}`, { signal: AbortSignal.timeout(500) }).catch(() => undefined);
      return answer ? indicator.up() : indicator.down();
    }
  }
  const { prototype } = HealthController;
  Inject(HealthCheckService)(HealthController, undefined, 0);
  Inject(HealthIndicatorService)(HealthController, undefined, 1);
  Controller('health')(HealthController);
  Get(['', 'ready', 'startup'])(prototype, 'check', Object.getOwnPropertyDescriptor(prototype, 'check'));
  return createApplication({ imports: [TerminusModule.forRoot({ logger: false })], controllers: [HealthController] });
}
