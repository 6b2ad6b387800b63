import type { Message } from '../../../rollout/state/effects.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { channelRefusal } from '../phrases/channel-refused.js';
import { title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { detailWords } from '../phrases/details.js';
import { REASON_WORDS } from '../phrases/reasons.js';
import { bold } from '../text.js';

type NotStartedMessage = Extract<Message, { template: 'not_started' }>;

/** The rehearsal said no: why, that nothing moved, and how to try again. */
export function renderNotStarted({ reason, detail }: NotStartedMessage, { rollout }: MessageContext): Rendered {
  return compose(`not-started:${rollout.id}`, [
    lines(
      `⚪ ${bold(`${title(rollout)} was not started`)}: ${REASON_WORDS[reason]}.`,
      detail?.kind === 'channel'
        ? `<#${rollout.channelId}>: ${channelRefusal(detail.code)}`
        : detailWords(rollout, detail),
      `No user gets more than before. When that is fixed: ${typed('start', rollout)}`,
    ),
  ]);
}
