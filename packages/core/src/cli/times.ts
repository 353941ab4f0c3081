/** Times: what the service was configured with, as flags of the command line say it. */
import { parseArgs } from 'node:util';

/** What the flags say; the defaults are those of the options of the same names. */
export interface Times {
  readonly path: string;
  readonly port: string;
  readonly deadlineMs: number;
  readonly preStopMs: number;
  readonly delayMs: number;
  readonly closeTimeoutMs: number;
  readonly hooksTimeoutMs: number;
  readonly flushTimeoutMs: number;
  readonly startupMs: number;
}

/** Flags in milliseconds with their defaults. */
const durations = {
  'deadline-ms': '800',
  'pre-stop-ms': '0',
  'delay-ms': '5000',
  'close-timeout-ms': '10000',
  'hooks-timeout-ms': '4000',
  'flush-timeout-ms': '2000',
  'startup-ms': '60000',
};

export interface Flags {
  readonly times: Times;
  /** The manifest to check. */
  readonly check: string | undefined;
}

/** @throws {Error} When a flag is unknown or no number. */
export function readFlags(args: readonly string[]): Flags {
  const names = ['path', 'port', 'check', ...Object.keys(durations)];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const values = parseArgs({ args: [...args], options, strict: true }).values as Record<string, string | undefined>;
  const ms = (name: keyof typeof durations): number => {
    const text = values[name] ?? durations[name];
    if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number of milliseconds, got ${text}`);
    return Number(text);
  };
  const { path = '/health', port = '3000' } = values;
  if (!/^\/[\w./~-]*$/.test(path)) throw new Error(`--path must be a path that starts with a slash, got ${path}`);
  if (!/^[\w-]+$/.test(port)) throw new Error(`--port must be a number or the name of a port, got ${port}`);
  const times = {
    path: path.replace(/\/$/, ''),
    port,
    deadlineMs: ms('deadline-ms'),
    preStopMs: ms('pre-stop-ms'),
    delayMs: ms('delay-ms'),
    closeTimeoutMs: ms('close-timeout-ms'),
    hooksTimeoutMs: ms('hooks-timeout-ms'),
    flushTimeoutMs: ms('flush-timeout-ms'),
    startupMs: ms('startup-ms'),
  };
  return { times, check: values['check'] };
}

/** What a shutdown may take, in milliseconds. */
export function shutdownMs(times: Times): number {
  return times.delayMs + times.closeTimeoutMs + times.hooksTimeoutMs + times.flushTimeoutMs;
}

/** The parts of it, as a sum that can be read. */
export function shutdownParts(times: Times, preStopMs: number): string {
  const { delayMs, closeTimeoutMs, hooksTimeoutMs, flushTimeoutMs } = times;
  const parts = {
    preStop: preStopMs,
    delay: delayMs,
    close: closeTimeoutMs,
    hooks: hooksTimeoutMs,
    flush: flushTimeoutMs,
  };
  return Object.entries(parts)
    .filter(([, ms]) => ms > 0)
    .map(([name, ms]) => `${name} ${ms}`)
    .join(' + ');
}

/** The kubelet counts whole seconds, and gives up at their end. */
export function timeoutSecondsFor(deadlineMs: number): number {
  return Math.floor(deadlineMs / 1000) + 1;
}
