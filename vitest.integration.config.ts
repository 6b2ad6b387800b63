import { defineConfig } from 'vitest/config';

/** Whole runs of the product with several processes: one after the other, since each wants the machine for itself. */
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts', 'test/kill/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    retry: process.env.CI ? 1 : 0,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
