import { shownAs } from '../../../rollout/plan/exposure.js';
import type { Message } from '../../../rollout/state/effects.js';
import { bakingSince } from '../../../rollout/state/rollout.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { links, title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { exposureOfWhom, exposureWords, shareGets } from '../phrases/exposure.js';
import { roleNames } from '../phrases/people.js';
import { byNow } from '../phrases/stages.js';
import { ownStageStartWords } from '../phrases/templates.js';
import { bold, duration, soon } from '../text.js';

type StageStartMessage = Extract<Message, { template: 'stage_start' }>;

/** The stage was read back: what users get, how it is watched and until when, how to stop it. */
export function renderStageStart(message: StageStartMessage, { rollout }: MessageContext): Rendered {
  const { exposure, stageNo, bakeMs, at } = message;
  const stage = rollout.plan.stages[stageNo - 1];
  const every = stage ? ` every ${duration(stage.checkEveryMs)}` : '';
  const count = rollout.plan.checks.length;
  const until = soon(new Date(at.getTime() + bakeMs), at);
  const { contact } = rollout.plan;
  const stays =
    rollout.stage.no === stageNo && rollout.exposure.confirmed === exposure && bakingSince(rollout) !== null;
  const gets = stays ? `${shareGets(rollout.plan, exposure)} ${title(rollout)}` : title(rollout);
  const begun =
    shownAs(rollout.plan, exposure).kind === 'on' ? 'Switched on' : `${exposureOfWhom(rollout.plan, exposure)} started`;
  const head = `▶ ${bold(begun)}: ${gets} (read back ${exposureWords(rollout.plan, exposure)}).`;
  return compose(`start:${rollout.id}:${stageNo}:${at.getTime()}`, [
    lines(
      ownStageStartWords(rollout, message) ?? head,
      stays
        ? `Watching ${count === 1 ? '1 check' : `${count} checks`}${every} until about ${until} (bake ${duration(bakeMs)}).`
        : byNow(rollout),
      links(rollout),
      `To stop it: ${typed('rollback', rollout)}${contact.length === 0 ? '' : ` · contact ${roleNames(contact)}`}`,
    ),
  ]);
}
