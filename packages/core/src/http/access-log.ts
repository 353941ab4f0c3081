/** Access log: who writes the line of a request. */
import type { AccessLine } from './access-line.js';
import type { Exchange } from './exchange.js';
import type { ObservedApplication } from './observed.js';

/** Chosen once, when `requestContext()` is called, so that no request has to ask what it is. */
export interface AccessLog {
  /** Whether something else writes the lines, or nothing. */
  readonly isElsewhere: boolean;
  /** Called in the context of the request, when it arrives. */
  readonly begin?: (exchange: Exchange, application: ObservedApplication) => void;
  /** Called in the context of the request, when its response is closed. */
  readonly end: (exchange: Exchange, application: ObservedApplication, line: AccessLine, durationMs: number) => void;
}

/** Our own line as it is. */
export const plainAccessLog: AccessLog = {
  isElsewhere: false,
  end: (_exchange, application, line) => application.getLogger('http')[line.level](line.fields, line.message),
};

/** No line of ours; failures are exported all the same. */
export const noAccessLog: AccessLog = { isElsewhere: true, end: exportFailure };

/** Tells the exporters of a request that failed, when no line at `error` does. */
export function exportFailure({ reason }: Exchange, application: ObservedApplication, line: AccessLine): void {
  if (line.level === 'error') application.recordError(reason, line.message, line.fields);
}
