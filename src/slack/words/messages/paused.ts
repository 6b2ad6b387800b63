import type { Message } from '../../../rollout/state/effects.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { isLegal } from '../../../rollout/state/verbs.js';
import { buttons, compose, lines, type Rendered, small } from '../blocks.js';
import { continueButton } from '../phrases/buttons.js';
import { title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { atWords } from '../phrases/exposure.js';
import { actorName, channel } from '../phrases/people.js';
import { byNow } from '../phrases/stages.js';
import { bold, quoted } from '../text.js';

type PausedMessage = Extract<Message, { template: 'paused' }>;

/** To who started it, in a direct message: somebody else stopped it, where, and in whose words. */
export function renderPaused({ by, reason, exposure }: PausedMessage, { rollout }: MessageContext): Rendered {
  const said = quoted(reason);
  return compose(`paused:${rollout.id}:${rollout.seq}`, [
    lines(
      `⏸ ${actorName(by)} paused ${bold(title(rollout))} ${atWords(rollout.plan, exposure)}${said === '' ? '' : `: ${said}`}`,
      now(rollout),
    ),
    buttons(isLegal('resume', rollout.phase) ? continueButton(rollout) : null),
    small(`You started it; it is followed in ${channel(rollout.channelId)}`),
  ]);
}

/** What is true when this is read, not what was when it was paused. */
function now(rollout: Rollout): string {
  return rollout.phase === 'held' ? `To go on: ${typed('resume', rollout)}` : byNow(rollout);
}
