/** Sink: takes errors the way OpenObserve and an OTLP collector do. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { type ArrivedError, fromOpenObserve, fromOtlp } from './arrived-error.js';

/** `POST /api/:org/:stream/_json`: https://openobserve.ai/docs/api/ingestion/logs/json/ */
const openObservePath = /^\/api\/[^/]+\/([^/]+)\/_json$/;
/** https://opentelemetry.io/docs/specs/otlp/#otlphttp-request */
const otlpPath = '/v1/logs';

/**
 * Makes a sink; `GET /` answers all bodies it took, as they came.
 *
 * @param show Told of every error that arrives.
 */
export function createSink(show: (error: ArrivedError) => void): Server {
  const bodies: unknown[] = [];

  async function answer(req: IncomingMessage): Promise<[status: number, body: unknown]> {
    const { method, url = '' } = req;
    if (method === 'GET' && url === '/') return [200, bodies];
    const stream = openObservePath.exec(url)?.[1];
    if (method !== 'POST' || (!stream && url !== otlpPath)) return [404, { message: 'no such path' }];
    const body = await bodyOf(req);
    bodies.push(body);
    const errors = stream ? fromOpenObserve(body) : fromOtlp(body);
    errors.forEach(show);
    if (!stream) return [200, { partialSuccess: {} }];
    return [200, { code: 200, status: [{ name: stream, successful: errors.length, failed: 0 }] }];
  }

  return createServer((req, res) => {
    const send = (status: number, body: unknown): void => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    answer(req).then(
      ([status, body]) => send(status, body),
      (error: unknown) => send(400, { message: String(error) }),
    );
  });
}

function bodyOf(req: IncomingMessage): Promise<unknown> {
  return json(req.headers['content-encoding'] === 'gzip' ? req.pipe(createGunzip()) : req);
}
