/** Provided context: what `vitest.config.ts` tells a test of the cell it runs in. */
import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Major version of the framework. */
    major: number;
    /** Directory of the workspace with that framework. */
    workspace: string;
  }
}
