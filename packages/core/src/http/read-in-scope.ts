/** Reading in scope: a stream that is the answer is made in the context of its request, whoever asks it for more. */
import type { Readable } from 'node:stream';
import { currentScope, runInScope } from '../context/current.js';
import type { ContextScope } from '../context/request-context.js';

/** Makes the stream read in the scope. Koa pipes it only when all middleware has returned, and so outside of any. */
export function readInScope(stream: Partial<Readable>, scope: ContextScope): void {
  // oxlint-disable-next-line unbound-method -- called with its stream as `this` below
  const read = stream._read;
  if (typeof read !== 'function') return;
  stream._read = function readWithContext(this: Readable, size: number) {
    if (currentScope()?.unit === scope.unit) read.call(this, size);
    else runInScope(scope, () => read.call(this, size));
  };
}
