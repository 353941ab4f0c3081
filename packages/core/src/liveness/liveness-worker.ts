/** Liveness worker: answers `live` from a thread of its own, so that a busy event loop is not taken for a dead process. */
import { Worker } from 'node:worker_threads';
import { invalidOption, requireObject, requireRange, requireText, withDefaults } from '../internal/options.js';
import { workerSource } from './worker-source.js';

/** What `livenessWorker()` takes: a port, a file or both. */
export interface LivenessWorkerOptions {
  /** Where it answers; 0 for a free port. One that nothing else listens on. */
  port?: number;
  /** File that is touched every `beatMs` unless the loop is wedged, for probes that are commands and look at its age. */
  file?: string;
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

export const livenessWorkerDefaults: Required<Omit<LivenessWorkerOptions, 'port' | 'file'>> = {
  host: '::',
  path: '/live',
  beatMs: 250,
  busyMs: 1000,
  wedgedMs: 30_000,
};

/** A running worker. It keeps no process alive, and ends with it. */
export interface LivenessWorker {
  /** Where it answers; 0 when it touches a file alone. */
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
    const port = await started(worker, settings);
    worker.on('error', onEnd);
    worker.unref();
    return { port, close: async () => void (await worker.terminate()) };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

/** What the worker says once. */
interface Started {
  readonly port?: number;
  /** What it could not do. */
  readonly failed?: 'listen' | 'file';
  readonly code?: string;
  readonly message?: string;
}

type Settings = typeof livenessWorkerDefaults & Pick<LivenessWorkerOptions, 'port' | 'file'>;

function completeLiveness(options: LivenessWorkerOptions): Settings {
  requireObject('livenessWorker', options);
  const { port, file } = options;
  const settings = { ...withDefaults(livenessWorkerDefaults, options), ...(port !== undefined && { port }) };
  const { host, path, beatMs, busyMs, wedgedMs } = settings;
  if (file !== undefined) requireText('livenessWorker.file', file);
  if (port !== undefined || file === undefined) requirePort(port);
  requireText('livenessWorker.host', host);
  requireText('livenessWorker.path', path);
  if (!path.startsWith('/')) throw invalidOption('livenessWorker.path', 'a path that starts with a slash', path);
  requireRange('livenessWorker.beatMs', beatMs, 10, 60_000);
  requireRange('livenessWorker.busyMs', busyMs, 2 * beatMs);
  requireRange('livenessWorker.wedgedMs', wedgedMs, busyMs);
  return settings;
}

function requirePort(port: number | undefined): void {
  if (!Number.isInteger(port)) throw invalidOption('livenessWorker.port', 'a whole number from 0 to 65535', port);
  requireRange('livenessWorker.port', port, 0, 65_535);
}

/** Resolves with the port once it answers, and the file is there. */
function started(worker: Worker, { port: wanted, file }: Settings): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', ({ port, failed, code, message }: Started) => {
      worker.off('error', reject);
      if (port !== undefined) return resolve(port);
      const what = failed === 'file' ? `touch ${file}` : `listen on port ${wanted}`;
      const why = code === 'EADDRINUSE' ? 'something else listens there; give it a port of its own' : message;
      reject(Object.assign(new Error(`the liveness worker cannot ${what}: ${why}`), { code }));
    });
  });
}
