import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filesOf, PROJECTS, projectOf } from './projects.js';

test('a test file is in one project, by what it imports', () => {
  const files = PROJECTS.flatMap(filesOf);
  expect(new Set(files).size).toBe(files.length);
  expect(projectOf('test/rollout/bake.test.ts')).toBe('rules');
  expect(projectOf('test/project/walls.test.ts')).toBe('rules');
  expect(projectOf('test/store/effects.test.ts')).toBe('database');
  expect(projectOf('test/scenarios/act-one.test.ts')).toBe('app');
  expect(projectOf('test/scenarios/who-may-what-by-cli.test.ts')).toBe('programs');
});

test('a kind of test that is renamed is noticed: each project has files', () => {
  for (const project of PROJECTS) expect(filesOf(project).length, project).toBeGreaterThan(5);
  for (const file of PROJECTS.flatMap(filesOf)) expect(existsSync(file), file).toBe(true);
});
