/** Process observability: the one that everything uses which was not given another. */
import type { Logger, LoggerOptions } from 'pino';
import { ConfigError } from './errors.js';
import { requireObject } from './internal/options.js';
import { perProcess } from './internal/per-process.js';
import { AssembledObservability } from './observability.js';
import { type Observability, observabilityDefaults, type ObservabilityOptions } from './observability-options.js';

/** Does something with an observability; gives back how that ends. */
export type Follow = (observability: Observability) => () => void;

interface Own {
  observability: AssembledObservability | undefined;
  /** Whether it was made because somebody needed one before it was created. */
  isProvisional: boolean;
  /** How each of them ends, by the observability that it follows: loggers of a closed one may still be in use. */
  readonly followers: Map<Follow, Map<Observability, () => void>>;
}

/** The process's own observability. */
const own = perProcess<Own>('observability', () => ({
  observability: undefined,
  isProvisional: false,
  followers: new Map(),
}));

/**
 * Makes the observability of this process. What was handed out before it was first created (loggers, health) takes on
 * these options; what a closed one handed out stays with that one.
 *
 * @throws {ConfigError} When an option cannot be used, or the process has one already and this is not `isolated`.
 */
export function createObservability(options: ObservabilityOptions = {}): Observability {
  requireObject('options', options);
  const { isolated = observabilityDefaults.isolated } = options;
  if (isolated) return new AssembledObservability(options);
  const current = own.observability?.isClosed === false ? own.observability : undefined;
  if (current && !own.isProvisional) {
    const message =
      'this process has an observability; use getObservability(), close() it first, or pass isolated: true';
    throw new ConfigError('ALREADY_CREATED', message, 'isolated', 'true, or the first one closed', 'a second one');
  }
  if (current) current.configure(options);
  const observability = current ?? new AssembledObservability(options);
  Object.assign(own, { observability, isProvisional: false });
  for (const [follow, ends] of own.followers) {
    ends.get(observability)?.();
    ends.set(observability, follow(observability));
  }
  return observability;
}

/**
 * The process's own observability; made from the environment when nobody created one yet. A closed one stays until
 * another is created: lines of the last requests go where the others went, and what it is offered counts as dropped.
 */
export function getObservability(): Observability {
  if (own.observability) return own.observability;
  const observability = new AssembledObservability({});
  Object.assign(own, { observability, isProvisional: true });
  return observability;
}

/** Follows the process's own observability, whichever it becomes, until the returned function is called. */
export function followObservability(follow: Follow): () => void {
  const observability = getObservability();
  own.followers.set(follow, new Map([[observability, follow(observability)]]));
  return () => {
    for (const end of own.followers.get(follow)?.values() ?? []) end();
    own.followers.delete(follow);
  };
}

/** A pino logger of this name, with the context of the running request on every line. */
export function getLogger(name: string): Logger {
  return getObservability().getLogger(name);
}

/** Options that make a pino of the user's own write lines like ours: `pino(pinoOptions({ name: 'legacy' }))`. */
export function pinoOptions<T extends LoggerOptions>(options?: T): T & LoggerOptions {
  return getObservability().pinoOptions(options);
}
