/** Flight recorder: the last lines of a request that were too detailed to be written, there when it fails. */
import type { DestinationStream } from 'pino';
import type { Conclusion, HeldLines } from '../context/conclusion.js';
import { type Clock, systemClock } from '../internal/clock.js';
import { requireObject, requireOneOf, requireRange, withDefaults } from '../internal/options.js';
import { levelNames, levelNumber } from './levels.js';
import { wantsMetadata } from './pino-symbols.js';

/** What is kept of a request, and when it is written. */
export interface FlightRecorderOptions {
  /** Least level that is kept. @default 'debug' */
  level?: string;
  /** Lines kept per request; the oldest give way. @default 100 */
  maxLines?: number;
  /** Bytes of lines kept per request. @default 65_536 */
  maxBytes?: number;
  /** Lines older than so many milliseconds are forgotten. @default 60_000 */
  maxAgeMs?: number;
  /** A request that takes at least so many milliseconds has its lines written too. @default no request is too slow */
  slowMs?: number;
}

export const flightRecorderDefaults: Required<Omit<FlightRecorderOptions, 'slowMs'>> = {
  level: 'debug',
  maxLines: 100,
  maxBytes: 65_536,
  maxAgeMs: 60_000,
};

/** A line as it would have been written. */
export interface KeptLine {
  readonly text: string;
  readonly level: number;
  readonly stream: DestinationStream;
}

export class FlightRecorder {
  /** Least level that is kept, as pino's number. */
  readonly level: number;
  private readonly options: Required<FlightRecorderOptions>;

  /**
   * @param onFailure Told when a destination does not take a line.
   * @throws {ConfigError} When an option cannot be used.
   */
  constructor(
    given: FlightRecorderOptions,
    private readonly onFailure: (reason: unknown) => void,
    private readonly clock: Clock = systemClock,
  ) {
    requireObject('log.flightRecorder', given);
    const options = withDefaults({ ...flightRecorderDefaults, slowMs: Infinity }, given);
    requireOneOf('log.flightRecorder.level', options.level, levelNames);
    for (const name of ['maxLines', 'maxBytes', 'maxAgeMs'] as const)
      requireRange(`log.flightRecorder.${name}`, options[name], 1);
    if (given.slowMs !== undefined) requireRange('log.flightRecorder.slowMs', given.slowMs, 0);
    this.options = options;
    this.level = levelNumber(options.level);
  }

  /** Whether the lines of work that went like this are written. */
  tells({ failed, durationMs = 0 }: Conclusion): boolean {
    return failed || durationMs >= this.options.slowMs;
  }

  /** Room for the lines of one request. */
  createRing(): LineRing {
    const { options, clock, onFailure } = this;
    return new LineRing({ ...options, nowMs: () => clock.monotonicMs(), onFailure, tells: (how) => this.tells(how) });
  }
}

interface RingOptions extends Pick<Required<FlightRecorderOptions>, 'maxLines' | 'maxBytes' | 'maxAgeMs'> {
  readonly nowMs: () => number;
  readonly onFailure: (reason: unknown) => void;
  readonly tells: (conclusion: Conclusion) => boolean;
}

export class LineRing implements HeldLines {
  private lines: (KeptLine & { readonly bytes: number; readonly atMs: number })[] = [];
  private bytes = 0;

  constructor(private readonly options: RingOptions) {}

  keep(line: KeptLine): void {
    const bytes = Buffer.byteLength(line.text);
    this.lines.push({ ...line, bytes, atMs: this.options.nowMs() });
    this.bytes += bytes;
    this.makeRoom();
  }

  release(): void {
    this.makeRoom();
    const { lines } = this;
    this.lines = [];
    this.bytes = 0;
    for (const line of lines) this.write(line);
  }

  conclude(conclusion: Conclusion): void {
    if (this.options.tells(conclusion)) this.release();
  }

  private makeRoom(): void {
    const { maxLines, maxBytes, maxAgeMs, nowMs } = this.options;
    const oldestMs = nowMs() - maxAgeMs;
    for (let [first] = this.lines; first; [first] = this.lines) {
      if (this.lines.length <= maxLines && this.bytes <= maxBytes && first.atMs >= oldestMs) return;
      this.lines.shift();
      this.bytes -= first.bytes;
    }
  }

  /** Several destinations are told the level beside the line, as pino does: they sort by it. */
  private write({ text, level, stream }: KeptLine): void {
    try {
      if ((stream as { [wantsMetadata]?: boolean })[wantsMetadata]) Object.assign(stream, { lastLevel: level });
      stream.write(text);
    } catch (reason) {
      this.options.onFailure(reason);
    }
  }
}
