import type { Destination } from '../export/destination.js';
export function otlpFromEnvironment(_e: unknown, _w: unknown): Destination | undefined {
  return undefined;
}
