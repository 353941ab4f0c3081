/** Applications as they are run: in both kinds of modules, with a tracer that was loaded before them or none. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

type Line = Readonly<Record<string, unknown>>;

interface Told {
  readonly lines: readonly Line[];
  /** The ids of the span that was active in the handler, as its tracer knows them. */
  readonly span?: { trace_id?: string; span_id?: string };
  /** Messages that OpenTelemetry sent. */
  readonly sent?: readonly string[];
}

const pathOf = (file: string): string => fileURLToPath(new URL(`app/${file}`, import.meta.url));

const openTelemetry = ['--require', pathOf('opentelemetry.cjs')];
const hook = ['--import', pathOf('hook.mjs')];
const sentry = ['--import', pathOf('sentry.cjs')];
const pinoInstrumentation = [...hook, '--require', pathOf('pino-instrumentation.cjs')];

async function run(
  app: string,
  execArgv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Told> {
  const child = fork(pathOf(app), { env: { PATH: process.env['PATH'], ...env }, execArgv: [...execArgv] });
  onTestFinished(() => void child.kill('SIGKILL'));
  // `close` comes after `exit`, when all that it told has been read.
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`the application ended with code ${String(code)} and told nothing`);
  });
  const [told] = (await Promise.race([once(child, 'message'), ended])) as [Told];
  return told;
}

const messages = ({ lines }: Told): unknown[] => lines.map(({ msg }) => msg);

describe.each(['mjs', 'cjs'])('an application in %s', (kind) => {
  it.each<[tracer: string, execArgv: string[], env?: Record<string, string>]>([
    ['OpenTelemetry', openTelemetry],
    ['OpenTelemetry and a loader hook', [...hook, ...openTelemetry]],
    ['Sentry, handed in', sentry, { HANDED_IN: 'true' }],
    ['Sentry on top of OpenTelemetry', sentry, { WITH_OPENTELEMETRY: 'true' }],
  ])(
    'has the ids of the active span on its lines, and of its trace on the access line, also of a hang-up, with %s',
    async (_, ...how) => {
      const { lines, span } = await run(`request-app.${kind}`, ...how);
      expect(span).toEqual({
        trace_id: expect.stringMatching(/^[\da-f]{32}$/),
        span_id: expect.stringMatching(/^[\da-f]{16}$/),
      });
      const [outside, inside, access, stuck, aborted, ...more] = lines;
      expect(outside).not.toHaveProperty('trace_id');
      expect(inside).toMatchObject({ msg: 'inside', ...span, trace_flags: '01' });
      expect(access).toMatchObject({ msg: 'request completed', trace_id: span?.trace_id, trace_flags: '01' });
      expect(stuck).toMatchObject({ msg: 'stuck', trace_id: expect.stringMatching(/^[\da-f]{32}$/) });
      expect(aborted).toMatchObject({ msg: 'request aborted', trace_id: stuck?.['trace_id'] });
      expect(more).toEqual([]);
    },
  );

  it.each([
    ['no tracer', []],
    ['a loader hook alone', hook],
    ['Sentry, not handed in', sentry],
  ])('has no trace ids with %s', async (_, execArgv) => {
    const { lines } = await run(`request-app.${kind}`, execArgv);
    expect(lines).toHaveLength(5);
    for (const line of lines)
      for (const name of ['trace_id', 'span_id', 'trace_flags']) expect(line).not.toHaveProperty(name);
  });

  it('warns once when OpenTelemetry sends the lines of which exporters send the errors', async () => {
    const env = { SENDS: 'true', TAKES: 'true', EXPORTS: 'true' };
    const told = await run(`logging-app.${kind}`, pinoInstrumentation, env);
    const warnings = told.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([
      { logger: 'throughline', msg: expect.stringContaining('disableLogSending: true') },
    ]);
    expect(told.sent).toContain('own');
  });

  it.each([
    ['it is told not to', { SENDS: 'false', TAKES: 'true', EXPORTS: 'true' }],
    ['nobody takes what it sends', { SENDS: 'true', TAKES: 'false', EXPORTS: 'true' }],
    ['there is no exporter', { SENDS: 'true', TAKES: 'true', EXPORTS: 'false' }],
  ])('does not warn when OpenTelemetry sends no line twice: %s', async (_, env) => {
    expect(messages(await run(`logging-app.${kind}`, pinoInstrumentation, env))).toEqual(['early', 'ours', 'own']);
  });
});

describe('OpenTelemetry that sends the lines of pino', () => {
  it('goes on sending them when the observability is created after the first logger', async () => {
    const env = { SENDS: 'true', TAKES: 'true', EXPORTS: 'false' };
    const { sent } = await run('logging-app.mjs', pinoInstrumentation, env);
    expect(sent).toEqual(['early', 'ours', 'own']);
  });
});
