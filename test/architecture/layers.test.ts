import { describe, expect, it } from 'vitest';
import { type SourceFile, sourceFiles } from './source.js';

/** Who may import whom in core: the table of ARCHITECTURE.md. Folders end with a slash. */
const mayImport: Record<string, readonly string[]> = {
  'errors.ts': [],
  'internal/': ['errors.ts'],
  'context/': ['internal/', 'errors.ts'],
  'log/': ['context/', 'internal/'],
  'export/': ['internal/', 'errors.ts'],
  'health/': ['internal/', 'errors.ts'],
  'http/': ['context/', 'log/', 'health/', 'internal/'],
  'bridges/': ['process-observability.ts', 'http/', 'context/', 'log/', 'internal/', 'errors.ts'],
  'metrics/': ['process-observability.ts', 'http/', 'context/', 'internal/', 'errors.ts'],
  'checks/': ['health/', 'internal/', 'errors.ts'],
  'exporters/': ['export/', 'internal/', 'errors.ts'],
  'shutdown/': ['http/', 'internal/', 'errors.ts'],
  'liveness/': ['internal/'],
  'cli/': [],
  'environment.ts': ['exporters/', 'export/', 'log/', 'internal/', 'errors.ts'],
  'observability-options.ts': ['export/', 'health/', 'http/', 'log/', 'internal/'],
  'observability.ts': [
    'observability-options.ts',
    'environment.ts',
    'context/',
    'log/',
    'export/',
    'health/',
    'http/',
    'internal/',
  ],
  'process-observability.ts': ['observability.ts', 'observability-options.ts', 'internal/', 'errors.ts'],
  'graceful-shutdown.ts': ['process-observability.ts', 'environment.ts', 'shutdown/', 'internal/'],
  'start-liveness-worker.ts': ['process-observability.ts', 'liveness/'],
  'testing/': ['process-observability.ts', 'observability-options.ts', 'export/'],
  'index.ts': [
    'start-liveness-worker.ts',
    'liveness/',
    'graceful-shutdown.ts',
    'shutdown/',
    'process-observability.ts',
    'observability-options.ts',
    'context/',
    'export/',
    'health/',
    'log/',
    'internal/',
    'errors.ts',
  ],
};

const packagesOfCore = ['pino', '@opentelemetry/api'];

/** Folders whose files know nothing of one another, and the packages they may import. */
const packagesOfLeaves: Record<string, readonly string[]> = { 'bridges/': ['pino'], 'checks/': [], 'exporters/': [] };
const core = 'packages/core/src/';

function placeOf(path: string): string {
  const inside = path.slice(core.length);
  const slash = inside.indexOf('/');
  return slash === -1 ? inside : inside.slice(0, slash + 1);
}

/** Imports of a file of core that point up or sideways. */
function strayImports({ path, imports }: SourceFile): string[] {
  const place = placeOf(path);
  return imports.filter((target) => {
    if (target.startsWith('node:')) return false;
    if (!target.startsWith(core)) return !(packagesOfLeaves[place] ?? packagesOfCore).includes(target);
    const targetPlace = placeOf(target);
    return targetPlace === place ? place in packagesOfLeaves : !mayImport[place]?.includes(targetPlace);
  });
}

describe('the layers of core', () => {
  const files = sourceFiles('packages/core/src');

  it('all have a row in the table', () => {
    expect([...new Set(files.map(({ path }) => placeOf(path)))].filter((place) => !(place in mayImport))).toEqual([]);
  });

  it.each(files.map((file) => [file.path, file] as const))('%s imports downwards only', (_, file) => {
    expect(strayImports(file)).toEqual([]);
  });

  it('would be broken by a check that reads the context, and by a leaf that knows another', () => {
    const check = { path: `${core}checks/seeded.ts`, text: '' };
    expect(strayImports({ ...check, imports: [`${core}context/current.ts`] })).toHaveLength(1);
    expect(strayImports({ ...check, imports: [`${core}checks/postgres.ts`] })).toHaveLength(1);
    expect(strayImports({ ...check, imports: ['pg'] })).toHaveLength(1);
    expect(strayImports({ ...check, imports: [`${core}health/check.ts`, 'node:net'] })).toEqual([]);
  });
});

describe('an adapter', () => {
  it.each([
    ['express', /^(express|@throughline\/core(\/(adapter|metrics))?)$/],
    ['koa', /^(koa|@throughline\/core(\/(adapter|metrics))?)$/],
    ['nest', /^(@nestjs\/(common|core)(\/.+)?|rxjs|reflect-metadata|@throughline\/core(\/(adapter|metrics))?)$/],
  ])('%s imports its framework and the kit alone', (name, allowed) => {
    const foreign = sourceFiles(`packages/${name}/src`).flatMap(({ imports }) =>
      imports.filter(
        (target) => !allowed.test(target) && !target.startsWith(`packages/${name}/`) && !target.startsWith('node:'),
      ),
    );
    expect(foreign).toEqual([]);
  });
});

describe('imports', () => {
  it('make no circle, types included', () => {
    const importsOf = new Map(sourceFiles('packages').map(({ path, imports }) => [path, imports]));
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): string[] => {
      if (trail.includes(path)) return [[...trail.slice(trail.indexOf(path)), path].join(' → ')];
      if (done.has(path)) return [];
      const circles = (importsOf.get(path) ?? []).flatMap((target) => visit(target, [...trail, path]));
      done.add(path);
      return circles;
    };
    expect([...importsOf.keys()].flatMap((path) => visit(path, []))).toEqual([]);
  });
});
