import type { Message } from '../../rollout/effects.js';
import type { Rollout } from '../../rollout/rollout.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { bold, duration, percent } from '../text.js';
import type { MessageContext } from './context.js';
import { advanceButton } from './phrases/buttons.js';
import { numbersLine } from './phrases/checks.js';
import { title, typed } from './phrases/commands.js';
import { issueWords, stageWithQuorum } from './phrases/stages.js';

type StageCompleteMessage = Extract<Message, { template: 'stage_complete' }>;

/** The bake passed: how long, what happened in it, the numbers against their limits, what comes next. */
export function renderStageComplete(message: StageCompleteMessage, { rollout }: MessageContext): Rendered {
  const { stageNo, attempt, wallMs, observedMs, issues, numbers } = message;
  const { stages } = rollout.plan;
  const stage = stages[stageNo - 1];
  const next = stages[stageNo];
  const needed = (stage?.bakeMs ?? 0) + (here(rollout, message) ? rollout.extraBakeMs : 0);
  const name = stage ? percent(stage.exposure) : `Stage ${stageNo}`;
  const baked = `${duration(observedMs)} of ${duration(needed)} baked`;
  return compose(`complete:${rollout.id}:${stageNo}:${attempt}`, [
    lines(
      `${bold(`${name} complete`)} after ${duration(wallMs)} · ${title(rollout)}`,
      `${baked} · ${issueWords(issues)}`,
      numbersLine(rollout.plan, numbers),
      next ? `Next: ${stageWithQuorum(next)} · ${typed('advance', rollout)}` : '',
    ),
    // Shown late, or again after the rollout went on, the button would only be refused.
    buttons(here(rollout, message) ? advanceButton(rollout) : null),
  ]);
}

function here(rollout: Rollout, { stageNo, attempt }: StageCompleteMessage): boolean {
  return rollout.stageNo === stageNo && rollout.attempt === attempt;
}
