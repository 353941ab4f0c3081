/** Canaries: secrets hidden anywhere in whatever is said, of which nothing that the process says or keeps may hold one. */
import { createObservability, runWithContext, type ObservabilityOptions } from '@throughline/core';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openWorld } from './canary-world.js';
import { canary, hiding, witness } from './canary.js';

type Logger = ReturnType<typeof createObservability>['logger'];

/** All ways in which something is said. */
const ways: Readonly<Record<string, (log: Logger, value: never) => void>> = {
  'as a field': (log, value) => log.info({ payload: value }, 'told'),
  'as the fields': (log, value) => log.info(value),
  'by a child logger': (log, value) => log.child({ bound: value }).info('told'),
  'by the context': (log, value) => runWithContext({ fields: { held: value } }, () => log.info('told')),
  'in the message': (log, value) => log.info('told %o, %j, %O and %s', value, value, value, value),
  'in an error': (log, value) => log.error(Object.assign(new Error('failed', { cause: value }), { config: value })),
  'on the console': (_, value) => console.info('told', value),
};

function observe(log: ObservabilityOptions['log']): Logger {
  const redact = { keys: ['iban'] };
  const observability = createObservability({ isolated: true, exporters: [], redact, log: { level: 'info', ...log } });
  onTestFinished(() => observability.close());
  return observability.logger;
}

describe.each(Object.keys(ways))('a secret that is told %s', (way) => {
  it('is on no line', () => {
    const texts: string[] = [];
    const destination = { write: (text: string) => void texts.push(text) };
    expectNoneIn(way, observe({ destination, captureConsole: way === 'on the console' }), texts);
  });

  it('is on no pretty line', () => {
    const texts: string[] = [];
    vi.stubEnv('LOG_PRETTY', 'true');
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => texts.push(String(text)) > 0);
    onTestFinished(() => {
      spy.mockRestore();
      vi.unstubAllEnvs();
    });
    expectNoneIn(way, observe({ captureConsole: way === 'on the console' }), texts);
  });
});

function expectNoneIn(way: string, log: Logger, texts: string[]): void {
  let witnessed = 0;
  fc.assert(
    fc.property(hiding, (value) => {
      texts.length = 0;
      ways[way]?.(log, value as never);
      const written = texts.join('');
      if (written.includes(witness)) witnessed++;
      expect(around(written)).toBe('');
    }),
  );
  expect(witnessed).toBeGreaterThan(10);
}

describe('a service whose requests and checks are full of secrets', () => {
  it('tells of none on lines, in errors it sends or keeps, in health and in metrics', async () => {
    const world = await openWorld();
    for (const value of fc.sample(hiding, 60)) await world.suffer(value);
    const outputs = await world.outputs();
    expect(Object.keys(outputs)).toEqual([
      'lines',
      'spool',
      'health',
      'metrics',
      'openobserve',
      'otlp',
      'otlp-json',
      'loki',
      'sentry',
      'file',
    ]);
    for (const [name, output] of Object.entries(outputs)) {
      expect({ name, secret: around(output) }).toEqual({ name, secret: '' });
      expect(output.length).toBeGreaterThan(100);
    }
    for (const name of ['lines', 'spool', 'openobserve', 'otlp', 'otlp-json', 'loki', 'sentry', 'file'])
      expect(outputs[name]).toContain(witness);
  });
});

/** The secret with what stands around it. */
function around(output: string): string {
  const at = output.indexOf(canary);
  return at === -1 ? '' : output.slice(Math.max(0, at - 200), at + 50);
}
