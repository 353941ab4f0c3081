/** cls-hooked. */
import cls from 'cls-hooked';

export function run(time) {
  const namespace = cls.createNamespace('bench');
  return namespace.runAndReturn(() => {
    namespace.set('requestId', 'bench-4f6a');
    return time(() => namespace.get('requestId'));
  });
}
