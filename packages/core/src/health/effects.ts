/** Effects: what a check that is down means to each view of the service. */
import { ConfigError } from '../errors.js';
import { invalidOption, requireObject, requireOneOf } from '../internal/options.js';

/** What is asked: everything, whether the process lives, whether it takes traffic, whether it has started. */
export type HealthView = 'health' | 'live' | 'ready' | 'startup';

export const healthViews: readonly HealthView[] = ['health', 'live', 'ready', 'startup'];

/**
 * What a view makes of a check that is down: `fail` answers 503, `degrade` says so with 200, `ignore` neither asks nor
 * shows it.
 */
export type ViewEffect = 'fail' | 'degrade' | 'ignore';

/** As {@link ViewEffect}; `refuse` fails the view, and `observability.ready()` rejects as well. */
export type StartupEffect = ViewEffect | 'refuse';

/** What a check means to each view; a view left out follows `required`. */
export interface CheckEffects {
  /** @default 'fail' when the check is required, else 'degrade' */
  health?: ViewEffect;
  /** @default 'fail' when the check is required, else 'degrade' */
  ready?: ViewEffect;
  /** @default 'ignore' */
  startup?: StartupEffect;
  /** Whether a process that cannot reach its dependency is killed. @default 'ignore' */
  live?: ViewEffect;
  /** Says that a dependency may have a say in `live`, though its outage then restarts every instance. @default false */
  allow?: boolean;
}

export const effectsDefaults: { startup: StartupEffect; live: ViewEffect; allow: boolean } = {
  startup: 'ignore',
  live: 'ignore',
  allow: false,
};

/** What a check asks about: something outside that all instances share, or the process itself. */
export type CheckKind = 'dependency' | 'process';

/** The effect of a check on every view. */
export type CompleteEffects = Readonly<Record<HealthView, StartupEffect>>;

const effectNames: readonly ViewEffect[] = ['fail', 'degrade', 'ignore'];
const startupEffectNames: readonly StartupEffect[] = [...effectNames, 'refuse'];

/**
 * Completes the effects of a check.
 *
 * @param option Path of the check, such as `health.checks.db`.
 * @throws {ConfigError} When an effect is none, or a dependency would restart the process without leave.
 */
export function completeEffects(
  option: string,
  { required, kind, effects = {} }: { required: boolean; kind: CheckKind; effects?: CheckEffects | undefined },
): CompleteEffects {
  requireObject(`${option}.effects`, effects, 'an object of effects by view');
  const usual = required ? 'fail' : 'degrade';
  const { health = usual, ready = usual } = effects;
  const { startup = effectsDefaults.startup, live = effectsDefaults.live, allow = effectsDefaults.allow } = effects;
  const complete = { health, live, ready, startup };
  const unknown = Object.keys(effects).find((key) => key !== 'allow' && !(key in complete));
  if (unknown !== undefined) requireOneOf(`${option}.effects`, unknown, [...healthViews, 'allow']);
  for (const view of healthViews)
    requireOneOf(`${option}.effects.${view}`, complete[view], view === 'startup' ? startupEffectNames : effectNames);
  if (typeof allow !== 'boolean') throw invalidOption(`${option}.effects.allow`, 'true or false', allow);
  if (live !== 'ignore' && kind === 'dependency' && !allow) throw restartsEverything(`${option}.effects.live`, live);
  return complete;
}

function restartsEverything(option: string, live: ViewEffect): ConfigError {
  const expected = "'ignore' for a dependency";
  const message = `${option} must be ${expected}, whose outage would restart every instance at once; add allow: true if that is wanted`;
  return new ConfigError('INVALID_OPTION', message, option, expected, `'${live}'`);
}
