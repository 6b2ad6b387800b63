import { actorKey } from '../../src/rollout/plan/actor.js';
import type { Quorum } from '../../src/rollout/plan/plan.js';
import { tally, type Voter } from '../../src/rollout/plan/quorum.js';
import type { Recorded } from '../../src/rollout/state/events.js';
import type { Story } from './given.js';

/** The request was granted by the votes that stood when this was ordered, of others than who asked. */
export function granted(story: Story, order: Recorded): boolean {
  if (order.event.type !== 'raise_ordered') return false;
  const { requestId, stageNo } = order.event;
  const standing = new Map<string, Voter>();
  let quorum: Quorum | undefined;
  let asker = '';
  for (const { event, actor } of story.events.filter(({ seq }) => seq < order.seq)) {
    if (!('requestId' in event) || event.requestId !== requestId) continue;
    const key = actorKey(actor);
    if (event.type === 'approval_requested') {
      quorum = event.quorum ?? story.rollout.plan.stages[stageNo - 1]?.approve;
      asker = key;
    }
    if (event.type === 'approval_recorded') standing.set(key, { key, roles: event.roles });
    if (event.type === 'approval_withdrawn') standing.delete(key);
  }
  return quorum !== undefined && !standing.has(asker) && tally(quorum, [...standing.values()]).granted;
}
