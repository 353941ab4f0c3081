/** Known keys: what becomes of a value by the name of its key, decided once for each name. */

/** What is to be done with a plain value under a key. */
export interface KnownKey {
  /** Name of the attribute, and the same as JSON writes it, with the colon. */
  readonly name: string;
  readonly json: string;
  readonly isSecret: boolean;
  /** Whether the value has a place of its own, and is no attribute. */
  readonly isPlaced: boolean;
}

/** Most keys remembered; a caller who logs user-made keys must not make the map grow for ever. */
const maxRemembered = 1_024;

/** Keys longer than this are looked at more closely, and never remembered. */
const maxKeyLength = 39;

export class KnownKeys {
  readonly #judge: (key: string) => KnownKey | undefined;
  readonly #known = new Map<string, KnownKey | undefined>();

  /** @param judge Gives nothing for keys whose values have to be looked at more closely. */
  constructor(judge: (key: string) => KnownKey | undefined) {
    this.#judge = judge;
  }

  get(key: string): KnownKey | undefined {
    const known = this.#known.get(key);
    return known === undefined ? this.#learn(key) : known;
  }

  #learn(key: string): KnownKey | undefined {
    if (key.length > maxKeyLength) return undefined;
    const known = this.#judge(key);
    if (this.#known.size >= maxRemembered) this.#known.clear();
    this.#known.set(key, known);
    return known;
  }
}

export function knownKey(name: string, kind: 'plain' | 'secret' | 'placed'): KnownKey {
  return { name, json: `${JSON.stringify(name)}:`, isSecret: kind === 'secret', isPlaced: kind === 'placed' };
}
