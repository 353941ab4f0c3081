import type { Destination } from '../export/destination.js';
export function openobserveFromEnvironment(_e: unknown, _w: unknown): Destination | undefined {
  return undefined;
}
