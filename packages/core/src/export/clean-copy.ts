/** Clean copy: fields or an error copied with every text scrubbed on the way. */
import { Copy, copyLimits, type CopyLimits } from '../internal/copy.js';
import type { KeyMatcher } from '../internal/sensitive-key.js';
import type { CleanStack } from './known-frames.js';
import type { Scrub } from './scrub.js';
import type { CodeLocation } from './stack.js';

/** A record is smaller than a line may be: each of its texts is searched for secrets of any kind, where the line's are not. */
export const recordLimits: CopyLimits = { ...copyLimits, maxNodes: 500, maxTotalLength: 65_536 };

export class CleanCopy extends Copy {
  readonly #scrub: Scrub;

  constructor(keys: KeyMatcher, scrub: Scrub) {
    super(keys, recordLimits);
    this.#scrub = scrub;
  }

  protected override clean(text: string): string {
    return this.#scrub(text);
  }
}

export class ErrorCopy extends CleanCopy {
  /** Where the outermost error came from; its stack is copied before those of its causes. */
  location: CodeLocation | undefined;
  #hasLocation = false;
  readonly #cleanStack: (stack: string) => CleanStack;

  constructor(keys: KeyMatcher, scrub: Scrub, cleanStack: (stack: string) => CleanStack) {
    super(keys, scrub);
    this.#cleanStack = cleanStack;
  }

  protected override cleanStack(stack: string): string {
    const { text, location } = this.#cleanStack(stack);
    if (!this.#hasLocation) this.location = location;
    this.#hasLocation = true;
    return text;
  }
}
