import { shownAs } from '../../../rollout/plan/exposure.js';
import type { Message } from '../../../rollout/state/effects.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { detailsButton, rollbackButton } from '../phrases/buttons.js';
import { numbersLine } from '../phrases/checks.js';
import { title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { atWords } from '../phrases/exposure.js';
import { actorName } from '../phrases/people.js';
import { issueWords } from '../phrases/stages.js';
import { ownCompletedWords } from '../phrases/templates.js';
import { bold, duration, quoted } from '../text.js';

type CompletedMessage = Extract<Message, { template: 'completed' }>;

/** The end: by the plan, or by a person before it. Rolling back stays one click away. */
export function renderCompleted(message: CompletedMessage, { rollout }: MessageContext): Rendered {
  const { wallMs, stageNo, observedMs, issues, numbers, unwatched } = message;
  const stage = rollout.plan.stages[stageNo - 1];
  const exposure = unwatched ? unwatched.exposure : (stage?.exposure ?? rollout.exposure.confirmed);
  const isOn = shownAs(rollout.plan, exposure).kind === 'on' && !unwatched;
  const place = isOn ? ': on for every user' : ` ${atWords(rollout.plan, exposure)}`;
  const head = `${title(rollout)} ${unwatched ? 'finished early' : 'completed'}${place}`;
  const said = unwatched ? quoted(unwatched.reason) : '';
  const by = unwatched ? `Ended by ${actorName(unwatched.by)}${said === '' ? '' : `: ${said}`}` : '';
  const baked = observedMs > 0 ? `Last bake ${duration(observedMs)} · ` : '';
  return compose(`completed:${rollout.id}`, [
    lines(
      ownCompletedWords(rollout, { ...message, exposure }) ?? `✅ ${bold(head)} after ${duration(wallMs)}`,
      by,
      `${baked}${issueWords(issues)} in this stage`,
      numbersLine({ ...rollout, stage: { ...rollout.stage, no: stageNo } }, numbers),
      `Not watched any more. To take it back: ${typed('rollback', rollout)}`,
    ),
    buttons(rollbackButton(rollout), detailsButton(rollout)),
  ]);
}
