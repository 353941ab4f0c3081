/** nestjs-cls. */
import 'reflect-metadata';
import { ClsServiceManager } from 'nestjs-cls';

export function run(time) {
  const cls = ClsServiceManager.getClsService();
  return cls.run(() => {
    cls.set('requestId', 'bench-4f6a');
    return time(() => cls.get('requestId'));
  });
}
