/** Express and the stack that is replaced. */
export const load = async () => [
  await import('express'),
  await import('cls-rtracer'),
  await import('pino-http'),
  await import('express-prom-bundle'),
];
