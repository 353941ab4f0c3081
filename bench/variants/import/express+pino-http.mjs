/** Express and pino-http. */
export const load = async () => [await import('express'), await import('pino-http')];
