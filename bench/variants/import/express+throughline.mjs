/** Express and Throughline. */
export const load = async () => [await import('express'), await import('@throughline/express')];
