import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { version } from '../../packages/core/src/internal/version.js';
import { root } from './source.js';

it('tells servers the version of the package (npm run version:packages writes it)', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as { version: string };
  expect(version).toBe(manifest.version);
});
