/** Levels: which lines are written, by the name of the logger. */
import pino from 'pino';
import { requireOneOf } from '../internal/options.js';

export const levelNames: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Pino's number of a level; `silent` is above all of them. */
export function levelNumber(name: string): number {
  return pino.levels.values[name] ?? Infinity;
}

/** Level by logger name; the nearest prefix decides, so that `orders` covers `orders.pricing`. */
export class Levels {
  private readonly byName = new Map<string, string>();

  /** @throws {ConfigError} When a level is none of pino's. */
  constructor(
    private fallback: string,
    levels: Readonly<Record<string, string>>,
  ) {
    requireOneOf('log.level', fallback, levelNames);
    for (const [name, level] of Object.entries(levels)) {
      requireOneOf(`log.levels.${name}`, level, levelNames);
      this.byName.set(name, level);
    }
  }

  /** The level of a logger; of all that have none of their own when the name is `undefined`. */
  of(name: string | undefined): string {
    for (let prefix = name ?? ''; prefix !== ''; prefix = prefix.slice(0, Math.max(prefix.lastIndexOf('.'), 0))) {
      const level = this.byName.get(prefix);
      if (level !== undefined) return level;
    }
    return this.fallback;
  }

  /** @throws {ConfigError} When the level is none of pino's. */
  set(name: string | undefined, level: string): void {
    requireOneOf('level', level, levelNames);
    if (name === undefined) this.fallback = level;
    else this.byName.set(name, level);
  }
}
