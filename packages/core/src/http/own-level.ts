/** Own level: that of one request, when the application gives it one. */
import { levelNames, levelNumber } from '../log/levels.js';
import type { ObservedApplication } from './observed.js';
import { sayOnce } from './say-once.js';

/** Says at which level a request is logged; `undefined` for that of the loggers. `source` is what the framework calls the request. */
export type FindLevel<Source> = (source: Source) => string | undefined;

/** The level as pino's number. Never throws: a mistake is said once, and the loggers decide. */
export function ownLevel<Source>(
  find: FindLevel<Source>,
  source: Source,
  observability: ObservedApplication,
): number | undefined {
  try {
    const level: unknown = find(source);
    if (level === undefined) return undefined;
    if (typeof level === 'string' && levelNames.includes(level)) {
      observability.allowOwnLevels();
      return levelNumber(level);
    }
    sayOnce(observability, `the level function gave none of ${levelNames.join(', ')}; the loggers' own levels count`);
  } catch {
    sayOnce(observability, "the level function threw; the loggers' own levels count");
  }
  return undefined;
}
