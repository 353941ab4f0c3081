/** Uncaught errors: told to whoever asks, while the process ends, or goes on, exactly as it would have. */

/** Takes what nobody caught, and whether it was thrown or rejected. */
export type UncaughtListener = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin) => void;

/**
 * Watches for errors that nobody catches, by an event that only tells of them. A listener of `uncaughtException` would
 * keep the process alive, and Sentry's from ending it.
 *
 * @returns Ends the watch.
 */
export function watchUncaught(listener: UncaughtListener): () => void {
  const watch: UncaughtListener = (error, origin) => {
    try {
      listener(error, origin);
    } catch {
      // What is thrown here would take the place of the error itself.
    }
  };
  process.on('uncaughtExceptionMonitor', watch);
  return () => void process.off('uncaughtExceptionMonitor', watch);
}
