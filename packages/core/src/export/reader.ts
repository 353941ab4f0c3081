/** Reader: makes each report a draft, on the short way when it is plain. */
import { named, withValues } from '../internal/copy-error.js';
import type { KeyMatcher } from '../internal/sensitive-key.js';
import type { Draft } from './draft.js';
import { fingerprintOf } from './fold.js';
import { knownKey, KnownKeys } from './known-keys.js';
import { readOrigin } from './plain-origin.js';
import { PlainReport } from './plain-report.js';
import { type Cleaners, createCleaners, createRecorder, type RecorderOptions } from './record.js';
import type { ErrorReport } from './report.js';

/** Makes the function that reads reports. */
export function createReader(options: RecorderOptions): (report: ErrorReport) => Draft {
  const cleaners = createCleaners(options);
  const record = createRecorder(options, cleaners);
  const readPlain = createPlainReader(options, cleaners);
  return (report) =>
    readPlain(report) ?? {
      fingerprint: fingerprintOf(report),
      make: (timeMs) => record(report, timeMs),
    };
}

/** Makes the function that reads plain reports, and gives `undefined` for all others. */
function createPlainReader(
  { redactor, createUid }: RecorderOptions,
  cleaners: Cleaners,
): (report: ErrorReport) => PlainReport | undefined {
  const { cleanError, knownFrames } = cleaners;
  const [fieldKeys, errorKeys] = [knownFields(redactor.keys), knownMembers(redactor.keys, cleanError)];
  const options = { createUid, ...cleaners };
  return (report) => {
    try {
      const { error, fields, message, logger = '' } = report;
      if (typeof message !== 'string' || typeof logger !== 'string') return undefined;
      const origin = readOrigin(error, knownFrames);
      if (origin === undefined) return undefined;
      const plain = new PlainReport(report, origin, options);
      if (!plain.addMembers(fields, fieldKeys)) return undefined;
      plain.endFields();
      const isPlain = origin.error === undefined || plain.addMembers(origin.error, errorKeys);
      return isPlain && plain.seal() ? plain : undefined;
    } catch {
      // A getter that throws, or a proxy: the longer way tells which.
      return undefined;
    }
  };
}

function knownFields({ isSecret }: KeyMatcher): KnownKeys {
  return new KnownKeys((key) =>
    key.includes('@') || key === '__proto__' ? undefined : knownKey(key, isSecret(key) ? 'secret' : 'plain'),
  );
}

function knownMembers({ isSecret }: KeyMatcher, clean: (text: string) => string): KnownKeys {
  return new KnownKeys((key) => {
    if (withValues.has(key)) return undefined;
    if (named.keys.has(key)) return knownKey(key, 'placed');
    return knownKey(clean(`error_${key}`), isSecret(key) ? 'secret' : 'plain');
  });
}
