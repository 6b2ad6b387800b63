import { renderItems, renderMine } from '../slack/words/messages/index.js';
import { itemsOf } from '../store/items.js';
import { mineOf } from './mine.js';
import { refuse } from './moving.js';
import type { VerbHandler } from './request.js';
import { which } from './which.js';

/** `mine`: over all rollouts. */
function isMine(words: string): boolean {
  return /^(?:mine|my|me)$/iu.test(words.trim());
}

export const items: VerbHandler = {
  verb: 'items',
  usage: 'items [rollout|mine]',
  does: 'show what is to be done, whose it is, and what became of it',
  async run(request, desk) {
    if (isMine(request.args)) return { rendered: renderMine(await mineOf(request.actor, desk)) };
    const found = await which(request, desk, 'items');
    if (!found.ok) return refuse('items', found.refusal, null, found.candidates);
    const { rollout } = found.loaded;
    return { rendered: renderItems({ rollout, items: await itemsOf(desk.db, rollout.id) }) };
  },
};
