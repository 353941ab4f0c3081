/** Express alone. */
export const load = () => import('express');
