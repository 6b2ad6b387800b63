import type { StagePlan } from '../../../rollout/plan/plan.js';
import { type RolloutIn, rolloutName } from '../../../rollout/state/rollout.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { title } from '../phrases/commands.js';
import { rolledBackWords, waysOn } from '../phrases/last-run-rolled-back.js';
import { hasItWords } from '../phrases/people.js';
import { bold, escapeText, moment } from '../text.js';

export interface LastRunAnswer {
  /** The run that was rolled back. */
  readonly last: RolloutIn<'rolled_back'>;
  /** Its last stage whose bake had passed; null when none had. */
  readonly lastGood: StagePlan | null;
  /** What was typed as the note of the new run. */
  readonly note?: string;
}

/** Not started yet: why the last run was rolled back, asked once, with the ways to go on all the same. */
export function renderLastRunRolledBack({ last, lastGood, note }: LastRunAnswer): Rendered {
  return compose(`last_run_rolled_back:${last.id}`, [
    lines(
      bold(`${title(last)} was not started: its last run was rolled back.`),
      `${escapeText(rolloutName(last))} was ${rolledBackWords(last)}`,
      `${moment(last.endedAt)} · ${hasItWords(last.alerts.haveIt) || 'nobody has it yet'}`,
    ),
    ...waysOn(last, lastGood, note),
  ]);
}
