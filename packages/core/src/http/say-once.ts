/** Saying once: what a developer should know, without a line for every request. */
import { runOutsideContext } from '../context/run.js';
import type { ObservedApplication } from './observed.js';

const said = new WeakMap<ObservedApplication, Set<string>>();

export function sayOnce(observability: ObservedApplication, sentence: string): void {
  const sentences = said.get(observability) ?? new Set();
  said.set(observability, sentences);
  if (sentences.has(sentence)) return;
  sentences.add(sentence);
  runOutsideContext(() => observability.getLogger('throughline').warn(sentence));
}
