/** Throughline: a unit of work, and what `injectContext` adds to the headers. */
import { injectContext, runWithContext } from '@throughline/core';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

export const inRequest = (work) => runWithContext({ traceparent }, work);

export const headers = () => injectContext({ accept: 'application/json' });
