import { checksOf } from '../../../rollout/health/in-force.js';
import { inDoubt } from '../../../rollout/requirements/doubt.js';
import type { Message } from '../../../rollout/state/effects.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { stoppedWords } from '../phrases/bake.js';
import { detailsButton, pauseButton, rollbackButton } from '../phrases/buttons.js';
import { checkTitle, healthNoted, numbersLine } from '../phrases/checks.js';
import { title } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { exposureWords } from '../phrases/exposure.js';
import { lookup } from '../phrases/lookup.js';
import { issueWords } from '../phrases/stages.js';
import { bold, duration } from '../text.js';

type SummaryMessage = Extract<Message, { template: 'summary' }>;

/** A look at the bake at the plan's rhythm: how far it is, the numbers, and what one can do when they look wrong. */
export function renderSummary(message: SummaryMessage, { rollout, watch, now }: MessageContext): Rendered {
  const { stageNo, exposure, observedMs, verdicts, numbers, issues } = message;
  const stage = rollout.plan.stages[stageNo - 1];
  const here = rollout.stage.no === stageNo && rollout.phase === 'baking';
  const needed = stage
    ? ` of ${duration(stage.bakeMs + (rollout.stage.no === stageNo ? rollout.bake.extraMs : 0))}`
    : '';
  return compose(`summary:${rollout.id}:${stageNo}:${observedMs}`, [
    lines(
      `${bold(`${exposureWords(rollout.plan, exposure)}: ${duration(observedMs)}${needed} baked`)} · ${title(rollout)}`,
      `${healthNoted(verdicts, inDoubt(rollout, null))} · ${issueWords(issues)}`,
      numbersLine({ ...rollout, stage: { ...rollout.stage, no: stageNo } }, numbers, verdicts),
      unknownLine({ ...rollout, stage: { ...rollout.stage, no: stageNo } }, message),
      here ? `Please have a look; ${goesOn(rollout, watch, now)}` : '',
    ),
    buttons(...(here ? [pauseButton(rollout), rollbackButton(rollout), detailsButton(rollout)] : [])),
  ]);
}

/** The bake counts without anybody, unless it stands still. */
function goesOn(rollout: Rollout, watch: MessageContext['watch'], now: Date): string {
  const still = stoppedWords(rollout, watch, now);
  return still === '' ? 'the bake goes on by itself.' : `the bake stands still: ${still}`;
}

/** The checks that had no number, by name. One number that decides nothing yet stands among the numbers. */
function unknownLine(rollout: Rollout, { verdicts, numbers }: SummaryMessage): string {
  const names = checksOf(rollout).flatMap((check) =>
    lookup(verdicts, check.name) === 'unknown' && lookup(numbers, check.name) === undefined ? [checkTitle(check)] : [],
  );
  if (names.length === 0) return '';
  return `○ ${bold('No data')} ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
}
