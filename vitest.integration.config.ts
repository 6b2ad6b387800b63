import { defineConfig } from 'vitest/config';

/** Whole runs of the product with several processes: two at a time, since much of each is waiting. */
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts', 'test/kill/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    fileParallelism: true,
    // All that one file tries side by side.
    maxConcurrency: 8,
    retry: process.env.CI ? 1 : 0,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
