/** Detached text: the same characters, keeping nothing else alive. */

/**
 * V8 lets a text that was cut from another one share its memory, all of it. Cutting one that was put together copies it
 * first, one character more than is needed, at a tenth of what a detour over bytes costs.
 */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}
