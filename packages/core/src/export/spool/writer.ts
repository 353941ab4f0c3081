/** Writer: appends to the newest segment of a journal, and begins the next one when it is full. */
import type { AppendFile, Disk } from './disk.js';
import { createFrameWriter } from './frame.js';
import type { Journal, Place } from './journal.js';
import { headPayload, segmentName, type Author, type Segment } from './segment.js';

export interface WriterOptions {
  readonly disk: Disk;
  readonly journal: Journal;
  readonly author: Author;
  /** Size from which on a segment takes no more. */
  readonly segmentBytes: number;
  /** Called before a segment begins. */
  readonly makeRoom: () => void;
  /** Called when a segment has ended. */
  readonly onSealed: () => void;
}

export class Writer {
  readonly #options: WriterOptions;
  readonly #frame: (payload: string) => Uint8Array = createFrameWriter();
  #number = 0;
  #current: { readonly segment: Segment; readonly file: AppendFile; reports: number } | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  get journal(): Journal {
    return this.#options.journal;
  }

  /** The segment that still grows. */
  get segment(): Segment | undefined {
    return this.#current?.segment;
  }

  /** Writes a record. @throws When the disk does. */
  appendRecord(payload: string): Place {
    const { segmentBytes, journal } = this.#options;
    if (this.#current !== undefined && this.#current.segment.bytes >= segmentBytes) this.seal();
    const { segment } = (this.#current ??= this.#begin());
    const start = segment.bytes;
    this.#append(payload);
    segment.recordsEnd = segment.bytes;
    return { journal, segment, start, end: segment.bytes };
  }

  /** Writes what belongs to a record of the current segment. @throws When the disk does. */
  appendFold(payload: string): void {
    this.#append(payload);
  }

  /** Ends the current segment, and names it after what it holds. @throws When the disk does. */
  seal(): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    this.#options.onSealed();
    current.file.close();
    current.segment.reports = current.reports;
    this.#options.journal.rename(current.segment, segmentName(current.segment.number, current.reports));
  }

  #append(payload: string): void {
    const current = this.#current;
    if (current === undefined) return;
    const bytes = this.#frame(payload);
    current.file.append(bytes);
    current.segment.bytes += bytes.length;
    current.reports++;
  }

  #begin(): { segment: Segment; file: AppendFile; reports: number } {
    const { disk, journal, author, makeRoom } = this.#options;
    makeRoom();
    const number = ++this.#number;
    const segment: Segment = { number, name: segmentName(number), bytes: 0, reports: undefined, recordsEnd: 0 };
    const file = disk.createFile(journal.pathOf(segment));
    const head = this.#frame(headPayload(author));
    journal.add(segment);
    const current = { segment, file, reports: 0 };
    // Should the head not find room, the file is closed with the segment.
    this.#current = current;
    file.append(head);
    segment.bytes = head.length;
    segment.recordsEnd = head.length;
    return current;
  }
}
