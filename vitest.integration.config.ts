import { defineConfig } from 'vitest/config';

/** Whole runs of the product with several processes: two at a time, since much of each is waiting. */
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts', 'test/kill/**/*.test.ts'],
    globalSetup: ['test/support/postgres-setup.ts', 'test/support/build-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    fileParallelism: true,
    // All that one file tries side by side.
    maxConcurrency: 8,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
