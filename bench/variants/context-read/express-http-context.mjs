/** express-http-context. */
import httpContext from 'express-http-context';

export function run(time) {
  return new Promise((resolve) => {
    httpContext.middleware({}, {}, () => {
      httpContext.set('requestId', 'bench-4f6a');
      resolve(time(() => httpContext.get('requestId')));
    });
  });
}
