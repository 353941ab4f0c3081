/** cls-rtracer. */
import rTracer from 'cls-rtracer';

export function run(time) {
  return rTracer.runWithId(() => time(() => rTracer.id()), 'bench-4f6a');
}
