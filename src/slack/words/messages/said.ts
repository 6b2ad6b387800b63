import type { Message } from '../../../rollout/state/effects.js';
import { compose, lines, type Rendered } from '../blocks.js';
import type { MessageContext } from '../phrases/context.js';
import { escapeText } from '../text.js';

/** What the plan has the bot write, in its own words: they call nobody. */
export function renderSaid({ text }: Extract<Message, { template: 'said' }>, { rollout }: MessageContext): Rendered {
  return compose(`said:${rollout.id}:${rollout.seq}`, [lines(escapeText(text, MOST_CHARS) || '-')]);
}

const MOST_CHARS = 300;
