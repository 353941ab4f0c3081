/** Application: where what runs here has its own files, and what is installed for it. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where the main file is; a test runner or process manager is not the application, so then the working directory. */
export function applicationFolder(): string {
  const main = process.argv[1];
  return main && !/[\\/]node_modules[\\/]/.test(main) ? dirname(main) : process.cwd();
}

/** Gives a way to load a package that the application, or else the working directory, has; `undefined` when none has. */
export function findInstalled(name: string): (() => unknown) | undefined {
  for (const folder of new Set([applicationFolder(), process.cwd()])) {
    const require = createRequire(join(folder, 'package.json'));
    try {
      require.resolve(name);
      return () => require(name) as unknown;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
