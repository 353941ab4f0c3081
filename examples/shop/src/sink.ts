/** Sink: takes errors the way OpenObserve and an OTLP collector do. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
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
  const bodies: string[] = [];

  async function take(req: IncomingMessage): Promise<object | undefined> {
    if (req.method === 'GET') return bodies.map((body) => JSON.parse(body) as object);
    const path = req.url ?? '';
    const stream = openObservePath.exec(path)?.[1];
    if (!stream && path !== otlpPath) return undefined;
    const body = await bodyOf(req);
    const errors = stream ? fromOpenObserve(JSON.parse(body)) : fromOtlp(JSON.parse(body));
    bodies.push(body);
    errors.forEach(show);
    return stream
      ? { code: 200, status: [{ name: stream, successful: errors.length, failed: 0 }] }
      : { partialSuccess: {} };
  }

  return createServer((req, res) => {
    const answer = (status: number, body: object): void => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    take(req).then(
      (taken) => (taken ? answer(200, taken) : answer(404, { message: 'no such path' })),
      (error: unknown) => answer(400, { message: String(error) }),
    );
  });
}

function bodyOf(req: IncomingMessage): Promise<string> {
  return text(req.headers['content-encoding'] === 'gzip' ? req.pipe(createGunzip()) : req);
}
