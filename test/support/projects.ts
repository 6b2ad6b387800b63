/**
 * Which tests need what. A test file's project follows from what the file imports, so there is no list to keep: nothing is started for a test that
 * does not use it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a test may need, the most expensive first: the project of a file is the first that it reaches. */
const NEEDS = {
  /** The compiled tree and Postgres. */
  programs: 'test/support/build.ts',
  /** The whole bot with a local Slack on Postgres. */
  app: 'test/support/scene.ts',
  /** Postgres. */
  database: 'test/support/database.ts',
} as const;

export type ProjectName = keyof typeof NEEDS | 'rules';

export const PROJECTS: readonly ProjectName[] = ['rules', 'database', 'app', 'programs'];

const IMPORT = /^(?:import|export) (?:[^;']* from )?'(\.[^']+)';$/gm;

/** Every file this one loads, directly or not, as far as it lies in `test`; itself included. */
function loaded(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file) || !file.startsWith('test/') || !existsSync(join(ROOT, file))) return seen;
  seen.add(file);
  for (const [, path = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)) {
    loaded(normalize(join(dirname(file), path.replace(/\.js$/, '.ts'))), seen);
  }
  return seen;
}

export function projectOf(file: string): ProjectName {
  const files = loaded(file);
  const needed = (Object.keys(NEEDS) as (keyof typeof NEEDS)[]).find((name) => files.has(NEEDS[name]));
  return needed ?? 'rules';
}

/** The test files of each project, but for those that take minutes or need more than Node and npm. */
export function filesOf(project: ProjectName): string[] {
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('test', name))
    .filter((file) => file.endsWith('.test.ts') && !/^test\/(?:integration|kill)\//.test(file))
    .filter((file) => projectOf(file) === project)
    .sort();
}
