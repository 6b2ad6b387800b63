import { nameAt } from '../commands/grammar.js';
import { runMeant } from '../commands/which.js';
import { rolloutName } from '../rollout/state/rollout.js';
import type { VerbWith } from '../rollout/state/verbs.js';
import type { Db } from '../store/connect.js';
import { activeRollouts, findRollouts, type Loaded } from '../store/rollouts.js';
import { print } from './terminal.js';

/** Runs of one plan that are named when none is clear. */
const RUNS_NAMED = 5;

/** The rollout the words name, or null once it was said why not. */
export async function rolloutNamed(
  db: Db,
  verb: Exclude<VerbWith<'cli', 'order' | 'reads'>, 'list'>,
  name: string | undefined,
): Promise<Loaded | null> {
  const { plan = '', run = null } = nameAt(name ?? '') ?? {};
  const found = plan === '' ? [] : await findRollouts(db, { plan, ...(run === null ? {} : { run }), ended: true });
  const meant = run === null ? runMeant(verb, found) : found[0];
  if (meant) return meant;
  const said = name === undefined ? 'which one?' : whyNot(name, found);
  const active = (await activeRollouts(db, 50)).rollouts.map(({ rollout }) => rolloutName(rollout)).join(', ');
  print(`rollout ${verb}: ${said} Under way: ${active || 'none'}.`);
  return null;
}

function whyNot(name: string, found: readonly Loaded[]): string {
  const runs = found.slice(0, RUNS_NAMED).map(({ rollout }) => `${rolloutName(rollout)} (${rollout.phase})`);
  return runs.length > 0
    ? `no run of "${name}" is clearly meant, name one of ${runs.join(', ')}.`
    : `there is no rollout "${name}"`;
}
