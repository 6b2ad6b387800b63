import { mayRise } from '../rollout/requirements/may-rise.js';
import { renderWhy } from '../slack/words/messages/index.js';
import { openLowering } from '../store/effects.js';
import { itemsOf } from '../store/items.js';
import { refuse } from './moving.js';
import type { VerbHandler } from './request.js';
import { which } from './which.js';

export const why: VerbHandler = {
  verb: 'why',
  usage: 'why [rollout]',
  does: 'say what it waits for, since when, and who can move it',
  async run(request, desk) {
    const found = await which(request, desk, 'why');
    if (!found.ok) return refuse('why', found.refusal, null, found.candidates);
    const { rollout, watch, now } = found.loaded;
    const lowering = rollout.phase === 'rolling_back' ? await openLowering(desk.db, rollout.id) : null;
    const items = rollout.lists.length > 0 ? await itemsOf(desk.db, rollout.id) : undefined;
    const { conditions } = mayRise(rollout, items ? { now, watch, items } : { now, watch }, { at: 'asked' });
    return { rendered: renderWhy({ rollout, watch, now, conditions, lowering }) };
  },
};
