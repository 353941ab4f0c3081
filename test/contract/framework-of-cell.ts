/** Framework of the cell: what Node itself finds in the workspace of a major. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inject } from 'vitest';

/** The framework that a test has to run on, for comparison with what it imported. */
export function frameworkOfCell(name: string): unknown {
  return createRequire(join(inject('workspace'), 'package.json'))(name);
}
