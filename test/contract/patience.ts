/** Patience: how long is waited for what real sockets, processes and threads bring about, on a machine that may be busy. */

/** No promise of ours, but less than a test may take, so that what fails tells what was waited for. */
export const PATIENCE = { interval: 5, timeout: 30_000 };
