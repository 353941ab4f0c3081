import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The majors each adapter is tested with; every name is a workspace under `test/` with its own framework. */
const majors: [workspace: string, framework: string, major: number][] = [
  ['express4', 'express', 4],
  ['express5', 'express', 5],
  ['koa2', 'koa', 2],
  ['koa3', 'koa', 3],
  ['nest10', 'nest', 10],
  ['nest11', 'nest', 11],
  ['nest12', 'nest', 12],
];

const frameworkPackages = /^(express|koa|rxjs|reflect-metadata|@nestjs\/[^/]+)(\/.*)?$/;

/** Resolves a framework from the workspace of its major, wherever our own source or tests import it. */
function frameworkOf(workspace: string): Plugin {
  const importer = join(root, 'test', workspace, 'package.json');
  return {
    name: 'framework-of-major',
    enforce: 'pre',
    async resolveId(source, from, options) {
      if (!frameworkPackages.test(source) || !from || from.includes('/node_modules/')) return null;
      return this.resolve(source, importer, { ...options, skipSelf: true });
    },
  };
}

/** A test that hangs is given up then. No promise: those are measured where they are made, on a machine that may be busy. */
const patience = { testTimeout: 60_000, hookTimeout: 120_000 };

/** Our packages are read from source, through their own `exports`. Node gets these conditions too: `import` would turn its `require` on ES modules. */
const conditions = ['@throughline/source'];
const shared = {
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions },
  ssr: { resolve: { conditions } },
};

/** The same tests of a framework, once for each of its majors. */
export const frameworkProjects = majors.map(([workspace, framework, major]) => ({
  ...shared,
  plugins: [frameworkOf(workspace)],
  test: {
    ...patience,
    name: workspace,
    root,
    include: [`test/${framework}/**/*.test.ts`],
    provide: { major, workspace: join(root, 'test', workspace) },
  },
}));

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          ...patience,
          name: 'core',
          root,
          include: [
            'packages/*/src/**/*.test.ts',
            'test/{architecture,checks,cli,context,docs,examples,exporters,integration,liveness,log,metrics,observability,packed,regression,shutdown,spool,tracing}/**/*.test.ts',
          ],
        },
      },
      ...frameworkProjects,
    ],
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
});
