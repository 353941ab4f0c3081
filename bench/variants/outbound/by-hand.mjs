/** By hand: an AsyncLocalStorage, and the id of it put among the headers. */
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage();

export const inRequest = (work) => storage.run({ requestId: '0d5a8f9c-5f7e-4d55-9b61-3c1f6a1b2c3d' }, work);

export const headers = () => ({ accept: 'application/json', 'x-request-id': storage.getStore().requestId });
