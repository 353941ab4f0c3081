/** Bare: a call without an id. */

export const inRequest = (work) => work();

export const headers = () => ({ accept: 'application/json' });
