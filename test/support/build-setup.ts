/** Before the tests of each project: what they load is compiled, when something changed. An old build must not be tested in its place. */
import type { TestProject } from 'vitest/node';
import { buildAll } from './build.js';

export default async function setup(project: TestProject): Promise<void> {
  await compile();
  project.onTestsRerun(compile);
}

async function compile(): Promise<void> {
  const failure = await buildAll();
  if (failure) throw new Error(`The build failed, so there is nothing to test:\n${failure}`);
}
