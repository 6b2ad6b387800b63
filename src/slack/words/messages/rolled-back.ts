import type { Message } from '../../../rollout/state/effects.js';
import { buttons, compose, lines, type Rendered, small } from '../blocks.js';
import { detailsButton } from '../phrases/buttons.js';
import type { MessageContext } from '../phrases/context.js';
import { channel } from '../phrases/people.js';
import { freshest } from '../phrases/rollback.js';
import { incidentHead } from './incident.js';

type RolledBackMessage = Extract<Message, { template: 'rolled_back' }>;

/** To who started it, in a direct message: it is taken back, and not by them. Edited as the incident is. */
export function renderRolledBack(message: RolledBackMessage, ctx: MessageContext): Rendered {
  const { rollout } = ctx;
  const rollback = freshest(rollout, message.rollback);
  return compose(`rolled-back:${rollout.id}:${rollback.no}:${rollout.phase}`, [
    lines(...incidentHead(ctx, rollback, message)),
    buttons(detailsButton(rollout)),
    small(`You started it; it is followed in ${channel(rollout.channelId)}`),
  ]);
}
