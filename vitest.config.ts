import { defineConfig } from 'vitest/config';
import { compiled, EXTERNAL } from './test/support/compiled.js';
import { LongestFirst } from './test/support/longest-first.js';
import { PATIENCE } from './test/support/patience.js';
import { filesOf, PROJECTS, type ProjectName } from './test/support/projects.js';

const POSTGRES = 'test/support/postgres-setup.ts';
const BUILD = 'test/support/build-setup.ts';
const SETUP: Readonly<Record<ProjectName, readonly string[]>> = {
  rules: [BUILD],
  database: [BUILD, POSTGRES],
  app: [BUILD, POSTGRES],
  programs: [BUILD, POSTGRES],
};

/** The more of its time a project waits (for Postgres, a socket, a program), the more of its files than there are cores are worth it. */
const WORKERS: Readonly<Record<ProjectName, number>> = { rules: 4, database: 6, app: 4, programs: 8 };

export default defineConfig({
  test: {
    projects: PROJECTS.map((name, nth) => ({
      plugins: [compiled()],
      test: {
        name,
        include: filesOf(name),
        globalSetup: [...SETUP[name]],
        server: { deps: { external: [EXTERNAL] } },
        pool: 'forks',
        // Files of one worker share their modules: loading them again for each file took a fifth of the whole run's processor
        // time. So a test leaves nothing behind in a module or in `process.env`.
        isolate: false,
        // One project after the other: a worker that goes to another project loads everything again.
        sequence: { groupOrder: nth },
        maxWorkers: WORKERS[name],
        // Only what hangs is ended: how fast something is, no limit on a busy machine can say.
        testTimeout: 300_000,
        hookTimeout: 300_000,
        expect: { poll: PATIENCE },
      },
    })),
    sequence: { sequencer: LongestFirst },
    // While the tests are watched, what they load is known only as compiled.
    forceRerunTriggers: ['{src,sandbox}/**'],
  },
});
