import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createObservability } from '../process-observability.js';
import { exchangeOf } from './exchange.js';
import { createRequestObserver } from './request-observer.js';

/** Observes a request whose response is closed at once; the lines that were written, and what Node's request knows. */
function observed(req: IncomingMessage, res: ServerResponse, original: IncomingMessage) {
  const lines: unknown[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const observability = createObservability({ isolated: true, exporters: [], log: { destination } });
  const framework = { route: () => undefined, user: () => undefined };
  const observe = createRequestObserver(framework, { observability }, () => observability);
  observe(req, res, undefined, () => res.emit('close'));
  return { lines, isKnown: exchangeOf(original) === exchangeOf(req) };
}

describe('a request', () => {
  it('is seen to its end when somebody has put another object in its place', () => {
    const original = new IncomingMessage(new Socket());
    const wrapped = Object.create(original, { method: { value: 'PUT' } }) as IncomingMessage;
    const { lines, isKnown } = observed(wrapped, new ServerResponse(original), original);
    expect(lines).toMatchObject([{ msg: 'request aborted', method: 'PUT' }]);
    expect(isKnown).toBe(true);
  });

  it('is seen to its end when its response, made by hand, does not tell of it', () => {
    const req = new IncomingMessage(new Socket());
    const res = Object.assign(new ServerResponse(req), { req: undefined as unknown as IncomingMessage });
    expect(observed(req, res, req).lines).toMatchObject([{ msg: 'request aborted' }]);
  });
});
