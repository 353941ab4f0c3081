import type { Destination } from './destination.js';
import type { LoggedError } from '../log/logged-error.js';
export interface ExportProblem {
  readonly code: string;
  readonly message: string;
}
export interface ExporterStatus {
  name: string;
}
export interface ExporterCore {
  active: boolean;
  offer(r: LoggedError): void;
  status(): ExporterStatus[];
  flush(o?: object): Promise<boolean>;
  close(o?: object): Promise<void>;
}
export function createExporterCore(_: {
  destinations: readonly Destination[];
  service: unknown;
  redactor: unknown;
  onProblem: unknown;
}): ExporterCore {
  return { active: false, offer() {}, status: () => [], flush: async () => true, close: async () => {} };
}
