import type { StagePlan } from '../../rollout/plan.js';
import { type Rollout, rolloutName } from '../../rollout/rollout.js';
import { buttons, compose, lines, type Rendered, small } from '../blocks.js';
import { bold, code, escapeText, moment } from '../text.js';
import { title } from './phrases/commands.js';
import { fellWords } from './phrases/fell.js';
import { falseAlarmButton, startAgainButton } from './phrases/form-buttons.js';
import { hasItWords } from './phrases/people.js';
import { stageLabel } from './phrases/stages.js';

export interface FellAnswer {
  /** The run that was rolled back. */
  readonly last: Rollout;
  /** Its last stage whose bake had passed; null when none had. */
  readonly lastGood: StagePlan | null;
}

/** Not started yet: why the last run fell, asked once, with the ways to go on all the same. */
export function renderFell({ last, lastGood }: FellAnswer): Rendered {
  const { name } = last.plan;
  const falseAlarm = lastGood
    ? `It was a false alarm: begins at ${stageLabel(lastGood)}, its last good stage, when somebody else approves. ${code(`/rollout start ${name} false-alarm <reason>`)}`
    : 'No stage of it had passed its bake, so a new run begins at the first stage.';
  return compose(`fell:${last.id}`, [
    lines(
      bold(`Not started yet: the last run of ${title(last)} fell.`),
      `${escapeText(rolloutName(last))} was ${fellWords(last)}`,
      last.endedAt ? `At ${moment(last.endedAt)} · ${hasItWords(last.haveIt) || 'nobody has it yet'}` : '',
    ),
    lines(`The cause is gone: begins at the first stage again. ${code(`/rollout start ${name} again`)}`, falseAlarm),
    // A row each: they share the action, which must not come twice in one.
    buttons(startAgainButton(last)),
    buttons(lastGood ? falseAlarmButton(last) : null),
    small(code('last_run_fell')),
  ]);
}
