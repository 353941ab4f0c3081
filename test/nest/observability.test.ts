/** Whose observability a Nest application uses, who may have it, and who closes it. */
import { Controller, Get, Inject, Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigError, createObservability, getObservability, type Observability } from '@throughline/core';
import { OBSERVABILITY, ObservabilityModule } from '@throughline/nest';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { Recorder } from '../contract/recorded.js';
import { onExpress } from './platform.js';
import { quiet, rootOf, startNest } from './service.js';

afterEach(() => getObservability().close());

const { createAdapter } = onExpress;

@Injectable()
class Ledger {
  constructor(@Inject(OBSERVABILITY) readonly observability: Observability) {}
}

/** What an application's own provider is given. */
async function given(...imports: NonNullable<Parameters<typeof rootOf>[0]['imports']>): Promise<{
  observability: Observability;
  close: () => Promise<void>;
}> {
  const app = await NestFactory.create(rootOf({ imports, providers: [Ledger] }), createAdapter(), quiet);
  return { observability: app.get(Ledger).observability, close: () => app.close() };
}

describe(`the observability of a Nest ${inject('major')} application`, () => {
  it('is the process’s own when the module is imported bare', async () => {
    const created = createObservability({ exporters: [] });
    const { observability, close } = await given(ObservabilityModule);
    const closed = vi.spyOn(created, 'close');
    await close();
    expect(observability).toBe(created);
    expect(closed).not.toHaveBeenCalled();
  });

  it('is the one that was given, which the application does not close', async () => {
    const own = createObservability({ isolated: true, exporters: [] });
    const closed = vi.spyOn(own, 'close');
    const { observability, close } = await given(ObservabilityModule.forRoot({ observability: own }));
    await close();
    expect(observability).toBe(own);
    expect(closed).not.toHaveBeenCalled();
  });

  it('is created with the deadline of health', async () => {
    const slow = { timeoutMs: 1_500, probe: () => {} };
    const { observability, close } = await given(
      ObservabilityModule.forRoot({ exporters: [], health: { deadlineMs: 2_000, checks: { slow } } }),
    );
    expect(await observability.health.check()).toMatchObject({ status: 'healthy', checks: [{ name: 'slow' }] });
    await close();
  });

  it('is created with the options of createObservability(), and closed with the application', async () => {
    const { observability, close } = await given(
      rootOf({ imports: [ObservabilityModule] }),
      ObservabilityModule.forRoot({ service: { name: 'shop' }, exporters: [] }),
    );
    expect(observability).toBe(getObservability());
    expect(observability.service.name).toBe('shop');
    await close();
    expect(await observability.health.check()).toMatchObject({ httpStatus: 503 });
    // A closed one makes room for another.
    await createObservability({ exporters: [] }).close();
  });

  it('is created anew for each application that asks for an isolated one', async () => {
    const module = ObservabilityModule.forRoot({ isolated: true, exporters: [] });
    const [one, other] = [await given(module), await given(module)];
    expect(one.observability).not.toBe(other.observability);
    expect(one.observability).not.toBe(getObservability());
    await Promise.all([one.close(), other.close()]);
  });

  it('is not created when the process has one: the application does not start', async () => {
    createObservability({ exporters: [] });
    await expect(given(ObservabilityModule.forRoot({ exporters: [] }))).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'ALREADY_CREATED',
    });
  });

  it('cannot be given and created at once', async () => {
    const observability = createObservability({ isolated: true, exporters: [] });
    const refused = await given(ObservabilityModule.forRoot({ observability, exporters: [] })).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(ConfigError);
    expect(refused).toMatchObject({ option: 'exporters', message: expect.stringContaining('left out') });
  });

  it('comes from what a factory is injected', async () => {
    const recorder = new Recorder();
    const settings = {
      provide: 'settings',
      useValue: { log: { destination: recorder }, service: { name: 'injected' } },
    };
    const module = { module: class {}, providers: [settings], exports: ['settings'] };
    const asynchronous = ObservabilityModule.forRootAsync({
      imports: [module],
      inject: ['settings'],
      useFactory: async (found: typeof settings.useValue) => ({ ...found, isolated: true, exporters: [] }),
    });
    const { observability, close } = await given(asynchronous);
    observability.logger.info('hello');
    await close();
    expect(recorder.recorded().lines).toMatchObject([{ service: 'injected', msg: 'hello' }]);
  });

  it('is found at the time of a request, when it is the process’s own', async () => {
    const recorder = new Recorder();
    @Controller()
    class Home {
      @Get()
      read(): string {
        return 'home';
      }
    }
    const service = await startNest({ createAdapter, controllers: [Home] }, () => [ObservabilityModule]);
    createObservability({ exporters: [], log: { destination: recorder } });
    await service.send('/');
    await service.finish();
    expect(recorder.recorded().access).toMatchObject([{ status: 200, route: '/' }]);
  });
});
