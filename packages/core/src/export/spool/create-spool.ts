/** Spool settings: what users say about the spool, checked. */
import { isAbsolute } from 'node:path';
import { invalidOption, requireObject, requireRange, withDefaults } from '../../internal/options.js';
import { Troubles, type ExportProblem } from '../problem.js';
import { systemDisk, type Disk } from './disk.js';
import { ourNeighbourhood, type Neighbourhood } from './owner.js';
import { Spool, type SpoolOptions } from './spool.js';

/** Where errors are kept until they are delivered, so that they survive the end of the process. */
export interface SpoolSettings {
  /** Absolute path of a directory of its own on a local disk; made when it is missing. Several processes may share it. */
  directory: string;
  /** Bound on what this process keeps there, in bytes; beyond it the oldest are dropped. @default 67_108_864 */
  maxBytes?: number;
}

export const spoolDefaults: { maxBytes: number } = { maxBytes: 67_108_864 };

/** Less would leave no room for a segment of records. */
const minBytes = 1_048_576;

/** What a spool needs to know beside its settings. */
export interface SpoolSurroundings extends Omit<SpoolOptions, 'directory' | 'maxBytes' | 'disk' | 'we' | 'troubles'> {
  readonly disk: Disk | undefined;
  readonly we: Neighbourhood | undefined;
  readonly tell: (problem: ExportProblem) => void;
}

/**
 * The settings with their defaults.
 *
 * @throws {ConfigError} When the directory is not an absolute path, or the bound is less than 1 MiB.
 */
export function checkedSpool(settings: SpoolSettings): Required<SpoolSettings> {
  requireObject('spool', settings);
  const { directory } = settings;
  if (typeof directory !== 'string' || !isAbsolute(directory))
    throw invalidOption('spool.directory', 'an absolute path', directory);
  const { maxBytes } = withDefaults(spoolDefaults, { maxBytes: settings.maxBytes });
  requireRange('spool.maxBytes', maxBytes, minBytes);
  return { directory, maxBytes };
}

/** @throws {ConfigError} As {@link checkedSpool} does. */
export function createSpool(settings: SpoolSettings, { disk, we, tell, ...rest }: SpoolSurroundings): Spool {
  return new Spool({
    ...rest,
    ...checkedSpool(settings),
    disk: disk ?? systemDisk,
    we: we ?? ourNeighbourhood(),
    troubles: new Troubles('spool', tell),
  });
}
