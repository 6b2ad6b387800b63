/** Exposure rises only by an order that somebody gave, that is still open and has not run out of time. */
import { met, notAsked, type Requirement, unmet } from './requirement.js';

export const order: Requirement = {
  // Who started has ordered the first stage.
  start: notAsked,
  // Asking is the order.
  asked: notAsked,
  // `advance: auto` is an order given at the start, once for each stage; a person who asked has used it up.
  auto({ rollout: { plan, stage } }) {
    const standing = plan.stages[stage.no - 1]?.advance === 'auto' && !stage.autoSpent;
    return standing ? met() : unmet(null);
  },
  // Over is over, also before the clock has said so: after downtime the click may come first.
  approved({ rollout: { request }, moment: { requestId }, now }) {
    return request?.id === requestId && request.expiresAt > now ? met() : unmet('request_closed');
  },
  raising({ rollout: { raise, exposure }, moment: { movedSeq }, now }) {
    if (!raise || movedSeq !== exposure.movedSeq) return unmet('exposure_moved');
    return raise.expiresAt > now ? met() : unmet('raise_expired');
  },
};
