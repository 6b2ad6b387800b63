import { existsSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import { built } from './build.js';

test('everything compiles into the tree that tests start processes from', () => {
  expect(inject('buildFailure')).toBe('');
  expect(existsSync(built('sandbox/postgres.js'))).toBe(true);
});
