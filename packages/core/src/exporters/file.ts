/** File exporter: errors as lines of JSON in a file that never grows beyond its bound. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Destination, Sender } from '../export/destination.js';
import { createFileTransport } from '../export/file-transport.js';
import { flatRecord, isoTime } from '../export/flat-record.js';
import type { Entry } from '../export/fold.js';
import { invalidOption, requireObject, requireRange } from '../internal/options.js';

/** Which file, and how much may lie on the disk. */
export interface FileOptions {
  /** Path of the file; its directory is made when it is missing, the one above must be there. */
  path: string;
  /** Size at which the file is put aside and begun anew, in bytes. @default 16_777_216 */
  maxBytes?: number;
  /** Files in all: the one that is written, and those put aside as `….1`, `….2`, …. @default 5 */
  maxFiles?: number;
  /** Longest time for one write, in milliseconds. @default 10_000 */
  timeoutMs?: number;
  /** Name in `status()` and problems. @default 'file' */
  name?: string;
}

/**
 * Writes errors into a file, one line of JSON each.
 *
 * @throws {ConfigError} When the path or another option cannot be used.
 */
export function fileExporter(options: FileOptions): Destination {
  requireObject('file', options);
  const { path, maxBytes = 16_777_216, maxFiles = 5, timeoutMs = 10_000, name = 'file' } = options;
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0'))
    throw invalidOption('file.path', 'the path of a file', path);
  requireRange('file.maxBytes', maxBytes, 4_096);
  requireRange('file.maxFiles', maxFiles, 1, 100);
  if (!Number.isInteger(maxFiles)) throw invalidOption('file.maxFiles', 'a whole number', maxFiles);
  requireRange('file.timeoutMs', timeoutMs, 1, 600_000);
  // Absolute from here on: the process may change its directory.
  const absolute = resolve(path);
  const endpoint = pathToFileURL(absolute).href;
  return {
    name,
    endpoint,
    timeoutMs,
    createTransport: () => createFileTransport({ path: absolute, maxBytes, maxFiles }),
    encode(batch, sender) {
      return { url: endpoint, headers: {}, body: batch.map((entry) => lineOf(entry, sender)).join('') };
    },
    classify: () => ({ kind: 'accepted' }),
  };
}

/** The time in front, where readers of logs look for it; a field of the user's gives way to it, as to all of ours. */
function lineOf(entry: Entry, sender: Sender): string {
  const flat = flatRecord(entry, sender);
  if ('time' in flat) flat['time'] = undefined;
  return `{"time":"${isoTime(entry.record.timeMs)}",${JSON.stringify(flat).slice(1)}\n`;
}
