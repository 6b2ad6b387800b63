import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those that take minutes, or need more than Node and npm.
    exclude: ['test/integration/**', 'test/kill/**'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // Files of one worker share their modules: loading them again for each file took a fifth of the whole run's processor
    // time. So a test leaves nothing behind in a module or in `process.env`.
    isolate: false,
    // Most tests wait for Postgres or a socket, so a few more files than cores are worth it, but not many.
    maxWorkers: 4,
    // A shared machine may be busy with something else for a moment: there, and only there, a test is tried a second time.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
