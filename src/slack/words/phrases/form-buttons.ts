import type { Button } from '@slack/types';
import { isTerminal, nextStage, type Rollout } from '../../../rollout/state/rollout.js';
import { isLegal } from '../../../rollout/state/verbs.js';
import { button, fitting, placeOf } from './buttons.js';

const NOTE_CHARS = 300;

/** Buttons that ask something back: each opens a form, which is why its words end in dots. */
export function overrideButton(rollout: Rollout): Button | null {
  if (rollout.phase !== 'baking' || !nextStage(rollout)) return null;
  return button('advance', 'Ask for an override…', { ...placeOf(rollout), form: 'override' });
}

/** Reads everything once, now. */
export function checkButton(rollout: Rollout): Button | null {
  if (isTerminal(rollout.phase) || rollout.phase === 'starting' || rollout.phase === 'planned') return null;
  return button('check', 'Check now', { rollout: rollout.id });
}

/** Only where there is more than one way down. */
export function rollBackToButton(rollout: Rollout): Button | null {
  const {
    plan,
    stage: { no: stageNo },
    exposure: { confirmed, anchor },
  } = rollout;
  const below = plan.stages.some((stage) => stage.no <= stageNo && stage.exposure < confirmed);
  if (!isLegal('rollback', rollout.phase) || !(below || (anchor ?? 0) < confirmed)) return null;
  return button('rollback', 'Roll back to…', { rollout: rollout.id, form: 'to' });
}

export function extendButton(rollout: Rollout): Button | null {
  if (!isLegal('extend', rollout.phase) || rollout.stage.no === 0) return null;
  return button('extend', 'Extend…', { rollout: rollout.id, form: 'extend' });
}

export function finishButton(rollout: Rollout): Button | null {
  return isLegal('finish', rollout.phase) ? button('finish', 'Finish…', { rollout: rollout.id, form: 'finish' }) : null;
}

/** After a run that was rolled back: once more from the first stage, all the same. */
export function startAgainButton({ plan, run }: Rollout, note = ''): Button {
  return button('start', 'Start again', { plan: plan.name, run, as: 'again', ...(note === '' ? {} : { note }) });
}

/** What a button has room for of a note. */
export function noteKept(note: string): string {
  return fitting(note, NOTE_CHARS);
}

/** After a run that was rolled back: into its last good stage, with a reason and somebody else's approval. */
export function falseAlarmButton({ plan, run }: Rollout): Button {
  return button('start', 'It was a false alarm…', { plan: plan.name, run, form: 'false_alarm' });
}

/** A number that only people know. */
export function reportButton(rollout: Rollout, check: string): Button | null {
  if (!isLegal('report', rollout.phase)) return null;
  return button('report', 'Report…', { rollout: rollout.id, check, form: 'report' });
}
