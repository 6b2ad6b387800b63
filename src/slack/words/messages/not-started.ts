import type { Message } from '../../../rollout/state/effects.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { channelRefusal } from '../phrases/channel-refused.js';
import { title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { REASON_WORDS } from '../phrases/reasons.js';
import { bold, escapeText } from '../text.js';

type NotStartedMessage = Extract<Message, { template: 'not_started' }>;

/** The rehearsal said no: why, that nothing moved, and how to try again. */
export function renderNotStarted({ reason, detail }: NotStartedMessage, { rollout }: MessageContext): Rendered {
  return compose(`not-started:${rollout.id}`, [
    lines(
      `${bold(`${title(rollout)} was not started`)}: ${REASON_WORDS[reason]}.`,
      reason === 'channel_refused' ? `<#${rollout.channelId}>: ${channelRefusal(detail)}` : escapeText(detail),
      `No user gets more than before. When it is put right: ${typed('start', rollout)}`,
    ),
  ]);
}
