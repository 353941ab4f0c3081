/** cls-rtracer: its id put among the headers. */
import rTracer from 'cls-rtracer';

export const inRequest = (work) => rTracer.runWithId(work);

export const headers = () => ({ accept: 'application/json', 'x-request-id': rTracer.id() });
