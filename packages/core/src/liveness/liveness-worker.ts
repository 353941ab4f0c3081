/** Liveness worker: answers `live` from a thread of its own, so that a busy event loop is not taken for a dead process. */
import { Worker } from 'node:worker_threads';
import { invalidOption, requireObject, requireRange, requireText, withDefaults } from '../internal/options.js';
import { workerSource } from './worker-source.js';

/** What `livenessWorker()` takes. */
export interface LivenessWorkerOptions {
  /** Where it answers; 0 for a free port. One that nothing else listens on. */
  port: number;
  /** Address it listens on. @default '::' */
  host?: string;
  /** Path that it answers; any other is 404. @default '/live' */
  path?: string;
  /** How often the event loop gives a sign of life, in milliseconds. @default 250 */
  beatMs?: number;
  /** Silence after which the answer says `busy`, still with 200, in milliseconds. @default 1000 */
  busyMs?: number;
  /** Silence after which the answer is 503, in milliseconds: the loop does not turn any more. @default 30_000 */
  wedgedMs?: number;
}

export const livenessWorkerDefaults: Required<Omit<LivenessWorkerOptions, 'port'>> = {
  host: '::',
  path: '/live',
  beatMs: 250,
  busyMs: 1000,
  wedgedMs: 30_000,
};

/** A running worker. It keeps no process alive, and ends with it. */
export interface LivenessWorker {
  /** Where it answers. */
  readonly port: number;
  /** Ends it. */
  close(): Promise<void>;
}

/**
 * Starts the worker.
 *
 * @param onEnd Told when it ends of its own.
 * @throws {ConfigError} When an option cannot be used.
 */
export async function startLivenessWorker(
  options: LivenessWorkerOptions,
  onEnd: (error: unknown) => void,
): Promise<LivenessWorker> {
  const settings = completeLiveness(options);
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const beating = setInterval(() => void Atomics.add(beats, 0, 1), settings.beatMs);
  beating.unref();
  // Neither the application's `--import` nor its NODE_OPTIONS: its instrumentation is of no use here.
  const worker = new Worker(workerSource, { eval: true, execArgv: [], env: {}, workerData: { ...settings, beats } });
  worker.once('exit', () => clearInterval(beating));
  try {
    const port = await listening(worker, settings.port);
    worker.on('error', onEnd);
    worker.unref();
    return { port, close: async () => void (await worker.terminate()) };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

function completeLiveness(options: LivenessWorkerOptions): Required<LivenessWorkerOptions> {
  requireObject('livenessWorker', options);
  const settings = { ...withDefaults(livenessWorkerDefaults, options), port: options.port };
  const { port, host, path, beatMs, busyMs, wedgedMs } = settings;
  if (!Number.isInteger(port)) throw invalidOption('livenessWorker.port', 'a whole number from 0 to 65535', port);
  requireRange('livenessWorker.port', port, 0, 65_535);
  requireText('livenessWorker.host', host);
  requireText('livenessWorker.path', path);
  if (!path.startsWith('/')) throw invalidOption('livenessWorker.path', 'a path that starts with a slash', path);
  requireRange('livenessWorker.beatMs', beatMs, 10, 60_000);
  requireRange('livenessWorker.busyMs', busyMs, 2 * beatMs);
  requireRange('livenessWorker.wedgedMs', wedgedMs, busyMs);
  return settings;
}

/** Resolves with the port once it answers. */
function listening(worker: Worker, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', ({ port, code, message }: { port?: number; code?: string; message?: string }) => {
      worker.off('error', reject);
      if (port !== undefined) return resolve(port);
      const why = code === 'EADDRINUSE' ? 'something else listens there; give it a port of its own' : message;
      reject(Object.assign(new Error(`the liveness worker cannot listen on port ${wanted}: ${why}`), { code }));
    });
  });
}
