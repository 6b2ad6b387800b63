import { defineConfig } from 'vitest/config';
import { compiled, EXTERNAL } from './test/support/compiled.js';
import { LongestFirst } from './test/support/longest-first.js';
import { PATIENCE } from './test/support/patience.js';

/** Whole runs of the product with several processes: three at a time, since much of each is waiting. */
export default defineConfig({
  plugins: [compiled()],
  test: {
    include: ['test/integration/**/*.test.ts', 'test/kill/**/*.test.ts'],
    globalSetup: ['test/support/build-setup.ts', 'test/support/postgres-setup.ts'],
    server: { deps: { external: [EXTERNAL] } },
    pool: 'forks',
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    fileParallelism: true,
    // All that one file tries side by side.
    maxConcurrency: 8,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: PATIENCE },
  },
});
