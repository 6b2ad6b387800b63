import type { Message } from '../../../rollout/state/effects.js';
import { bakeNeededMs, type Rollout } from '../../../rollout/state/rollout.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { goesOnWords, underWayWords } from '../phrases/auto.js';
import { advanceButton } from '../phrases/buttons.js';
import { numbersLine } from '../phrases/checks.js';
import { title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { exposureWords } from '../phrases/exposure.js';
import { toDoWords } from '../phrases/items.js';
import { issueWords, stageWithQuorum } from '../phrases/stages.js';
import { ownStageCompleteWords } from '../phrases/templates.js';
import { bold, capital, duration } from '../text.js';

type StageCompleteMessage = Extract<Message, { template: 'stage_complete' }>;

/** The bake passed: how long, what happened in it, the numbers against their limits, what comes next. */
export function renderStageComplete(message: StageCompleteMessage, ctx: MessageContext): Rendered {
  const { rollout } = ctx;
  const { stageNo, attempt, wallMs, observedMs, issues, numbers } = message;
  const stage = rollout.plan.stages[stageNo - 1];
  const name = stage ? exposureWords(rollout.plan, stage.exposure) : `Stage ${stageNo}`;
  const head = `✔ ${bold(`${capital(name)} complete`)} after ${duration(wallMs)} · ${title(rollout)}`;
  return compose(`complete:${rollout.id}:${stageNo}:${attempt}`, [
    lines(
      ownStageCompleteWords(rollout, message) ?? head,
      `${baked(rollout, message, observedMs)} · ${issueWords(issues)}`,
      numbersLine({ ...rollout, stage: { ...rollout.stage, no: stageNo } }, numbers),
      ...next(ctx, message),
    ),
    // Shown late, or again after the rollout went on, the button would only be refused.
    buttons(here(rollout, message) ? advanceButton(rollout) : null),
  ]);
}

function here(rollout: Rollout, { stageNo, attempt }: StageCompleteMessage): boolean {
  return rollout.stage.no === stageNo && rollout.stage.attempt === attempt;
}

/** A bake that was made longer afterwards is not told as one that was never finished. */
function baked(rollout: Rollout, message: StageCompleteMessage, observedMs: number): string {
  const stays = here(rollout, message);
  if (stays && !rollout.bake.done) return `${duration(observedMs)} baked`;
  const needed = (rollout.plan.stages[message.stageNo - 1]?.bakeMs ?? 0) + (stays ? rollout.bake.extraMs : 0);
  return `${duration(observedMs)} of ${duration(needed)} baked`;
}

function next(ctx: MessageContext, message: StageCompleteMessage): string[] {
  const { rollout } = ctx;
  const stage = rollout.plan.stages[message.stageNo];
  const isFree = toDoWords(rollout) === '' || !here(rollout, message);
  const first = isFree ? '' : `Something is to be done first: ${typed('items', rollout)}`;
  if (!stage) return [first];
  const words = `Next: ${stageWithQuorum(stage)}`;
  if (!here(rollout, message)) return [words];
  if (!rollout.bake.done) return [`Extended; baking again, ${duration(bakeNeededMs(rollout))} needed now`];
  switch (rollout.phase) {
    case 'ready':
      return [`${words} · ${typed('advance', rollout)}`, first, goesOnWords(ctx)];
    case 'held':
      return [`${words} · paused, ${typed('resume', rollout)}`];
    case 'planned':
    case 'starting':
    case 'awaiting_approval':
    case 'applying':
    case 'baking':
    case 'rolling_back':
    case 'rolled_back':
    case 'completed':
    case 'not_started': {
      const under = underWayWords(rollout);
      return [under === '' ? words : `${words}, ${under}`];
    }
    default:
      return rollout satisfies never;
  }
}
