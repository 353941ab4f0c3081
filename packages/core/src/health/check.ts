/** Check: what a dependency is asked, with how its answer counts. */
import { invalidOption, requireRange } from '../internal/options.js';

/**
 * Asks the dependency: resolves when it answers, throws the driver's own error when it does not.
 *
 * The signal aborts when time is up. A probe should settle then, because it is not started again while it still hangs.
 */
export type Probe = (signal: AbortSignal) => unknown;

/** How much a check counts, and how long it may take. */
export interface CheckOptions {
  /** Whether a failure makes the service unhealthy (503) or only degraded (200). @default true */
  required?: boolean;
  /** Longest wait for an answer, in milliseconds; at most the deadline for all checks. @default 500 */
  timeoutMs?: number;
}

export const checkDefaults: Required<CheckOptions> = { required: true, timeoutMs: 500 };

/** What `postgresCheck` and its like return, and what may be written by hand. */
export interface HealthCheck extends CheckOptions {
  probe: Probe;
}

/** Words that the answer uses itself, or that change an object when they are written to it. */
const RESERVED_NAMES = ['status', 'version', '__proto__', 'constructor', 'prototype'];

/** Printable ASCII but for space and colon: the IETF health format divides `component:measurement` at the colon. */
const NAME_PATTERN = /^[!-9;-~]+$/;

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
export function completeCheck(option: string, given: HealthCheck | Probe, deadlineMs: number): Required<HealthCheck> {
  if (typeof given === 'function') return completeCheck(option, { probe: given }, deadlineMs);
  // shown by its type alone, because it may be a client with a password in it
  if (typeof given?.probe !== 'function') throw invalidOption(option, 'a check or a function', typeof given);
  const { required = checkDefaults.required, timeoutMs = Math.min(checkDefaults.timeoutMs, deadlineMs) } = given;
  if (typeof required !== 'boolean') throw invalidOption(`${option}.required`, 'true or false', required);
  requireRange(`${option}.timeoutMs`, timeoutMs, 1, deadlineMs);
  return { probe: (signal) => given.probe(signal), required, timeoutMs };
}
