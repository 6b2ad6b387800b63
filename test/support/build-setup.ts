/** Once per run, for tests that start processes: the compiled tree. */
import type { TestProject } from 'vitest/node';
import { buildAll } from './build.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** What the compiler said when the build failed, else ''. */
    buildFailure: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('buildFailure', await buildAll());
}
