/** The targets are where this rollout put them. */
import { met, notAsked, type Requirement, unmet } from './requirement.js';

export const targets: Requirement = {
  // The rehearsal has read them, and refuses the start itself.
  start: notAsked,
  // A person may ask while they are not to be read: the raise reads each target before it writes.
  asked: notAsked,
  auto({ rollout: { alerts, exposure }, moment: { target, movedSeq } }) {
    const drifted = Object.values(alerts.episodes).some(({ open, kind }) => open && kind === 'drift');
    return drifted || 'error' in target || movedSeq !== exposure.movedSeq ? unmet(null) : met();
  },
  // What stood on the card: from there, to there.
  approved({ rollout: { request, exposure } }) {
    return request?.from === exposure.confirmed ? met() : unmet('exposure_moved');
  },
  // Each target is read in the same step as it is written.
  raising: notAsked,
};
