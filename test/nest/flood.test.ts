import { Controller, Get } from '@nestjs/common';
import { ObservabilityModule } from '@throughline/nest';
import { Registry } from 'prom-client';
import { expect, inject, it } from 'vitest';
import { counted, flood, floodTimeoutMs } from '../contract/flood.js';
import { adapters, startNest } from './service.js';

@Controller('tenants/:tid')
class Tenants {
  @Get('orders')
  orders(): string {
    return 'fine';
  }
}

it.each(adapters)(
  `a flood adds at most one route in Nest ${inject('major')} on %s`,
  { timeout: floodTimeoutMs },
  async (_, createAdapter) => {
    const service = await startNest({ createAdapter, controllers: [Tenants] }, (observability) => [
      ObservabilityModule.forRoot({ observability, metrics: { registry: new Registry() } }),
    ]);
    expect(await flood(service)).toEqual(counted);
  },
);
