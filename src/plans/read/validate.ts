/** `rollout validate plans/*.yml`: the same reading as at start, for editors, pull requests and CI. */
import { untried } from '../../rollout/plan/places.js';
import { untriedLine } from '../../slack/words/places.js';
import { notesOf } from '../rules/notes.js';
import { formatProblem } from '../values/problem.js';
import { isSet, variablesIn } from '../values/variables.js';
import { type LoadedPlan, loadFile } from './load.js';
import type { PlanRead } from './parse.js';

export interface Validation {
  /** One line for every problem, or one for the file when it is right. */
  readonly lines: readonly string[];
  /** How many problems there are in all files; variables that are not set are told but are none. */
  readonly problems: number;
}

type Environment = Readonly<Record<string, string | undefined>>;
/** What else is shown of a plan that is right. */
type Shown = (read: PlanRead) => readonly string[];

/** Never throws; no path at all is a problem too, so that a pattern that matches nothing fails in CI. */
export async function validateFiles(
  paths: readonly string[],
  env: Environment,
  shown: Shown = () => [],
): Promise<Validation> {
  if (paths.length === 0) return { lines: ['expected at least one plan file, such as plans/*.yml'], problems: 1 };
  const files = await Promise.all(paths.map((path) => loadFile(path)));
  const lines = files.flatMap((file) => linesOf(file, { env, shown }));
  const problems = files.reduce((sum, { result }) => sum + (result.ok ? 0 : result.problems.length), 0);
  return { lines, problems };
}

function linesOf({ file, result }: LoadedPlan, { env, shown }: { env: Environment; shown: Shown }): string[] {
  if (!result.ok) return result.problems.map((problem) => formatProblem(file, problem));
  const { plan, lists } = result;
  const missing = variablesIn(plan, lists).filter((name) => !isSet(name, env));
  const needs =
    missing.length === 0 ? '' : `; needs ${missing.join(', ')} which ${missing.length === 1 ? 'is' : 'are'} not set`;
  const items = lists.reduce((sum, list) => sum + list.items.length, 0);
  const parts = [
    count(plan.stages.length, 'stage'),
    count(plan.checks.length, 'check'),
    ...(items === 0 ? [] : [count(items, 'item')]),
  ];
  const more = [...untried(plan).map(untriedLine), ...notesOf(plan), ...shown(result)];
  return [`${file}: ok (${parts.join(', ')}${needs})`, ...more.map((what) => `  ${what}`)];
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
