import { renderHistory } from '../slack/messages/index.js';
import { eventsOf } from '../store/rollouts.js';
import { refuse } from './moving.js';
import type { VerbHandler } from './request.js';
import { which } from './which.js';

const SHOWN = 15;

export const history: VerbHandler = {
  verb: 'history',
  usage: 'history [rollout]',
  does: 'show what happened, who did it and when',
  async run(request, desk) {
    const found = await which(request, desk, 'history');
    if (!found.ok) return refuse('history', found.refusal, null, found.candidates);
    const { rollout } = found.loaded;
    const { events, total } = await eventsOf(desk.db, rollout.id, SHOWN);
    return { rendered: renderHistory({ rollout, events, total }) };
  },
};
