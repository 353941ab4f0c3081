/** Throughline alone. */
export const load = () => import('@throughline/express');
