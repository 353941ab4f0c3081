/** Liveness worker, started: its own end is a line in the log. */
import { type LivenessWorker, type LivenessWorkerOptions, startLivenessWorker } from './liveness/liveness-worker.js';
import { getObservability } from './process-observability.js';

/**
 * Answers `live` on a port of its own, from a thread of its own: 200 while the event loop turns or is busy, 503 once it
 * has been silent for `wedgedMs`; or touches a file until then, for probes that are commands. For services whose event loop may be held up for longer than a probe waits.
 *
 * @throws {ConfigError} When an option cannot be used.
 * @throws {Error} With the system's `code` when it cannot listen or touch the file, such as `EADDRINUSE`.
 */
export function livenessWorker(options: LivenessWorkerOptions): Promise<LivenessWorker> {
  return startLivenessWorker(options, (error) => {
    getObservability().getLogger('health').error({ err: error }, 'the liveness worker ended');
  });
}
