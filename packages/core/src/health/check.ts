/** Check: what a dependency is asked, with how its answer counts. */
import { invalidOption, requireFunctionOr, requireOneOf, requireRange } from '../internal/options.js';
import { type CheckEffects, type CheckKind, type CompleteEffects, completeEffects } from './effects.js';
import type { HealthChange } from './outage.js';
import type { Probe } from './runner.js';

export type { Probe } from './runner.js';

/** How much a check counts, how often it is asked, and how long it may take. */
export interface CheckOptions {
  /** Whether a failure makes the service unhealthy (503) or only degraded (200). @default true */
  required?: boolean;
  /** What a failure means to each view; what is left out follows `required`. */
  effects?: CheckEffects;
  /** `false`, or a function that says so: the check is not asked and counts for nothing. @default true */
  enabled?: boolean | (() => boolean);
  /** Longest wait for an answer, in milliseconds; at most the deadline for all checks, or 60_000 in the background. @default 500 */
  timeoutMs?: number;
  /** How long a good result is kept, in milliseconds. @default 0 */
  cacheMs?: number;
  /** How long a bad result is kept, in milliseconds. @default 0 */
  failureCacheMs?: number;
  /** Runs that fail in a row before the check is down. @default 1 */
  failAfter?: number;
  /** Runs that succeed in a row before a check that is down is ok again. @default 1 */
  passAfter?: number;
  /** Asks in the background every so many milliseconds, ± 20 %, and never during a probe. Left out, probes ask. */
  pollEveryMs?: number;
  /** Age in milliseconds at which a polled result is `unknown`. @default three times `pollEveryMs` */
  staleAfterMs?: number;
  /**
   * Host and port that are asked, for the message of a start that is refused; what looks like a credential is left out.
   * @default what the client or the error tells
   */
  target?: string | undefined;
  /** Called once when the check goes down; neither awaited nor able to change the answer. */
  onDown?: (change: HealthChange) => void;
  /** Called once when the check is back. */
  onUp?: (change: HealthChange) => void;
}

export const checkDefaults: {
  required: boolean;
  enabled: boolean;
  timeoutMs: number;
  cacheMs: number;
  failureCacheMs: number;
  failAfter: number;
  passAfter: number;
} = { required: true, enabled: true, timeoutMs: 500, cacheMs: 0, failureCacheMs: 0, failAfter: 1, passAfter: 1 };

/** What `postgresCheck` and its like return, and what may be written by hand. */
export interface HealthCheck extends CheckOptions {
  probe: Probe;
  /** `process` for what only concerns this process, such as its memory. @default 'dependency' */
  kind?: CheckKind;
}

/** A check with nothing left open. */
export interface CompleteCheck {
  readonly probe: Probe;
  readonly required: boolean;
  readonly effects: CompleteEffects;
  readonly enabled: () => boolean;
  readonly target: string | undefined;
  readonly timeoutMs: number;
  readonly cacheMs: number;
  readonly failureCacheMs: number;
  readonly failAfter: number;
  readonly passAfter: number;
  readonly polling: { readonly everyMs: number; readonly staleAfterMs: number } | undefined;
  readonly onChange: (change: HealthChange) => void;
}

/** Words that the answer uses itself, or that change an object when they are written to it. */
const RESERVED_NAMES = ['status', 'version', '__proto__', 'constructor', 'prototype'];

/** Printable ASCII but for space and colon: the IETF health format divides `component:measurement` at the colon. */
const NAME_PATTERN = /^[!-9;-~]+$/;

/** No result is kept for longer than a day. */
const maxKeptMs = 86_400_000;

/** The shortest pause between two runs in the background: a typing mistake must not become an attack on the dependency. */
const minPollMs = 100;

/** No probe waits for a run in the background, so that it may take longer than they do. */
const maxPolledMs = 60_000;

/**
 * Refuses a name that could not stand as a key in every answer.
 *
 * @throws {ConfigError} When the name is reserved, empty, or has a colon, a space or an unprintable character.
 */
export function requireCheckName(name: string): void {
  if (typeof name !== 'string' || !NAME_PATTERN.test(name)) {
    throw invalidOption('health.checks', 'named in printable ASCII without spaces and colons', name);
  }
  if (RESERVED_NAMES.includes(name)) {
    throw invalidOption(`health.checks.${name}`, `named otherwise (${RESERVED_NAMES.join(', ')} are reserved)`, name);
  }
}

/**
 * Completes what the user gave as a check.
 *
 * @param option Path of the check, such as `health.checks.db`.
 * @throws {ConfigError} When it is no check, or one of its options is of no use.
 */
export function completeCheck(option: string, given: HealthCheck | Probe, deadlineMs: number): CompleteCheck {
  if (typeof given === 'function') return completeCheck(option, { probe: given }, deadlineMs);
  // shown by its type alone, because it may be a client with a password in it
  if (typeof given?.probe !== 'function') throw invalidOption(option, 'a check or a function', typeof given);
  const { required = checkDefaults.required, kind = 'dependency', enabled = checkDefaults.enabled, target } = given;
  if (typeof required !== 'boolean') throw invalidOption(`${option}.required`, 'true or false', required);
  requireOneOf(`${option}.kind`, kind, ['dependency', 'process']);
  if (typeof enabled !== 'boolean' && typeof enabled !== 'function')
    throw invalidOption(`${option}.enabled`, 'true, false or a function', enabled);
  if (target !== undefined && typeof target !== 'string')
    throw invalidOption(`${option}.target`, 'a text', typeof target);
  const polling = completePolling(option, given);
  const { timeoutMs = Math.min(checkDefaults.timeoutMs, deadlineMs) } = given;
  requireRange(`${option}.timeoutMs`, timeoutMs, 1, polling ? maxPolledMs : deadlineMs);
  return {
    probe: (signal) => given.probe(signal),
    required,
    effects: completeEffects(option, { required, kind, effects: given.effects }),
    enabled: typeof enabled === 'function' ? enabled : () => enabled,
    target,
    timeoutMs,
    ...completeCounts(option, given),
    polling,
    onChange: completeListener(option, given),
  };
}

function completeCounts(
  option: string,
  given: HealthCheck,
): Pick<CompleteCheck, 'cacheMs' | 'failureCacheMs' | 'failAfter' | 'passAfter'> {
  const { cacheMs = checkDefaults.cacheMs, failureCacheMs = checkDefaults.failureCacheMs } = given;
  const { failAfter = checkDefaults.failAfter, passAfter = checkDefaults.passAfter } = given;
  for (const [name, keptMs] of Object.entries({ cacheMs, failureCacheMs }))
    requireRange(`${option}.${name}`, keptMs, 0, maxKeptMs);
  for (const [name, runs] of Object.entries({ failAfter, passAfter })) requireRange(`${option}.${name}`, runs, 1, 100);
  return { cacheMs, failureCacheMs, failAfter, passAfter };
}

function completePolling(option: string, given: HealthCheck): CompleteCheck['polling'] {
  const { pollEveryMs: everyMs, staleAfterMs } = given;
  if (everyMs === undefined) {
    if (staleAfterMs === undefined) return undefined;
    throw invalidOption(`${option}.staleAfterMs`, 'left out without pollEveryMs', staleAfterMs);
  }
  requireRange(`${option}.pollEveryMs`, everyMs, minPollMs, maxKeptMs);
  if (staleAfterMs !== undefined) requireRange(`${option}.staleAfterMs`, staleAfterMs, everyMs, 10 * maxKeptMs);
  return { everyMs, staleAfterMs: staleAfterMs ?? 3 * everyMs };
}

function completeListener(option: string, { onDown, onUp }: HealthCheck): CompleteCheck['onChange'] {
  for (const [name, listener] of Object.entries({ onDown, onUp }))
    if (listener !== undefined) requireFunctionOr(`${option}.${name}`, listener, []);
  return (change) => (change.status === 'down' ? onDown : onUp)?.(change);
}
