/** Process hold: keeps the process alive while somebody awaits work whose own timers and sockets would not. */

const farAwayMs = 2 ** 30;

/** Settles as the work does; until then the process does not end by itself. */
export async function holdProcess<T>(work: Promise<T>): Promise<T> {
  const handle = setInterval(() => undefined, farAwayMs);
  try {
    return await work;
  } finally {
    clearInterval(handle);
  }
}
