/** Throughline without a destination: what an error costs those who send none. */
import { start as startInMemory } from './throughline.mjs';

export function start(sink) {
  return { ...startInMemory(sink, { exporters: [] }), sendsNothing: true };
}
