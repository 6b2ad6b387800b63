import { lastGoodStage, rolledBackByBot } from '../../../rollout/moves/start.js';
import type { StagePlan } from '../../../rollout/plan/plan.js';
import type { Rollout, RolloutIn } from '../../../rollout/state/rollout.js';
import { buttons, lines, type MessagePart } from '../blocks.js';
import { code } from '../text.js';
import { exposureWords } from './exposure.js';
import { falseAlarmButton, noteKept, startAgainButton } from './form-buttons.js';
import { causeWords } from './reasons.js';
import { stageLabel } from './stages.js';

/** `rolled back from 50 % to 0 %: Error rate 12 % is over its limit 5 %`. */
export function rolledBackWords(rollout: RolloutIn<'rolled_back'>): string {
  const { rollback } = rollout;
  return `rolled back from ${exposureWords(rollout.plan, rollback.from)} to ${exposureWords(rollout.plan, rollback.to)}: ${causeWords(rollout, rollback.cause)}`;
}

/** The two ways on after a run that the bot rolled back, as they are typed and as buttons. `note` goes with the new run. */
export function waysOn(last: Rollout, lastGood: StagePlan | null, note = ''): MessagePart[] {
  const { name } = last.plan;
  const kept = noteKept(note);
  const again = code(`/rollout start ${name} again${kept === '' ? '' : ` ${kept}`}`);
  const falseAlarm = lastGood
    ? `It was a false alarm: begins with ${stageLabel(lastGood)}, its last good stage, when somebody else approves. ${code(`/rollout start ${name} false-alarm <reason>`)}`
    : 'In that run no stage had finished its bake, so a new run begins at the first stage.';
  return [
    lines(`The cause is gone: begins at the first stage again. ${again}`, falseAlarm),
    // A row each: they share the action, which must not come twice in one.
    buttons(startAgainButton(last, kept)),
    buttons(lastGood ? falseAlarmButton(last) : null),
  ];
}

/** The same where the run itself is looked at, by its own plan; nothing where the bot did not roll it back. */
export function waysOnAfter(rollout: Rollout): MessagePart[] {
  return rolledBackByBot(rollout) ? waysOn(rollout, lastGoodStage(rollout.plan, rollout)) : [];
}
