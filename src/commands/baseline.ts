import { forbids, refusedDetail } from '../rollout/state/authority.js';
import { refusal } from '../rollout/state/refusal.js';
import { renderBaselineNow } from '../slack/words/messages/index.js';
import { move, refuse } from './moving.js';
import type { VerbHandler } from './request.js';
import { which } from './which.js';

/** Without a reason it shows what limits follow; with one it measures again. */
export const baseline: VerbHandler = {
  verb: 'baseline',
  usage: 'baseline [rollout] [reason]',
  does: 'show what was measured before; with a reason, measure it again',
  async run(request, desk) {
    const found = await which(request, desk, 'baseline');
    if (!found.ok) return refuse('baseline', found.refusal, null, found.candidates);
    if (found.rest !== '') return move(request, desk, 'baseline', (rest) => ({ type: 'baseline', reason: rest }));
    const { rollout } = found.loaded;
    const asking = await desk.directory.standing(request.actor, rollout.people);
    const forbidden = forbids('status', asking);
    if (forbidden)
      return refuse('baseline', refusal(forbidden, [], { ...refusedDetail(forbidden, asking), helps: 'help' }), null);
    return { rendered: renderBaselineNow({ rollout }) };
  },
};
