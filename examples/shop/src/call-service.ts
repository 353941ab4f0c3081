/** Service call: a POST to another service that carries the request on. */
import { getContext, injectContext } from '@throughline/core';
import { HttpError } from './http-error.js';

/**
 * Sends the body as JSON, with the request id and the user of the running request.
 *
 * @throws {HttpError} When the service answers with an error status, which is passed on.
 */
export async function callService(url: string, body: object): Promise<void> {
  const user = getContext()?.user;
  const headers = injectContext({
    'content-type': 'application/json',
    ...(user && { 'x-user-id': user.id }),
  });
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await response.text();
  if (!response.ok)
    throw new HttpError(response.status, `${new URL(url).pathname} answered ${response.status}: ${answer}`);
}
