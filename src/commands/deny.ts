import { plainExposure } from '../rollout/plan/exposure.js';
import { readPlace } from '../rollout/spoken/read-place.js';
import type { AfterDenial } from '../rollout/state/commands.js';
import { refusal } from '../rollout/state/refusal.js';
import type { Rollout } from '../rollout/state/rollout.js';
import type { Choice } from '../slack/forms/fields.js';
import { EXAMPLES, noDuration, positive } from './extend.js';
import { move } from './moving.js';
import type { FormAnswers, Reply, VerbHandler } from './request.js';
import { OFF } from './rollback.js';

/** Clicked it asks why, who acts next and what becomes of the exposure; typed with a reason it says no at once, and all stays. */
export const deny: VerbHandler = {
  verb: 'deny',
  usage: 'deny [rollout] <reason>',
  does: 'refuse the open request; the rollout stays where it is',
  run: async (request, desk) => {
    const { filled } = request;
    const field = filled && wrongDuration(filled);
    const reply = await move(request, desk, 'deny', (rest, { rollout }) => {
      const { button, messageTs } = request;
      const requestId = button && 'request' in button ? button.request : '';
      if (filled) {
        if (field) return noDuration(filled.duration, 'deny');
        const next = Object.hasOwn(rollout.plan.people, filled.next) ? filled.next : null;
        return { type: 'deny', requestId, reason: filled.reason, messageTs, next, after: afterwards(rollout, filled) };
      }
      if (rest !== '') return { type: 'deny', requestId, reason: rest, messageTs, next: null, after: { kind: 'stay' } };
      const open = rollout.request;
      if (!open || (requestId !== '' && open.id !== requestId)) {
        return refusal('request_closed', [], { helps: 'status' });
      }
      return { form: { kind: 'deny', rollout, request: open, reason: '', ways: waysOf(rollout) } };
    });
    return field && reply.refused === 'bad_arguments' ? { ...reply, field } : reply;
  },
};

/** Values of what a form offers beside the places, which are `to:<place>`. */
const STAY = 'stay';
const EXTEND = 'extend';
const TO = 'to:';

/** What can become of the exposure: it stays, bakes longer, or goes back a stage or off. */
function waysOf({ plan, stage: { no }, exposure: { confirmed } }: Rollout): Choice[] {
  const before = plan.stages[no - 2];
  return [
    { value: STAY, label: `It stays at ${plainExposure(plan, confirmed)}` },
    ...(no > 0 ? [{ value: EXTEND, label: 'It stays there and bakes longer' }] : []),
    ...(before && before.exposure < confirmed
      ? [{ value: `${TO}${before.name}`, label: `Back to ${plainExposure(plan, before.exposure)}, ${before.title}` }]
      : []),
    { value: `${TO}${OFF.value}`, label: OFF.label },
  ];
}

function afterwards({ plan }: Rollout, { after, duration }: FormAnswers): AfterDenial {
  if (after.startsWith(TO)) {
    const read = readPlace(plan, after.slice(TO.length));
    return { kind: 'lower', to: read.kind === 'place' ? read.place : null };
  }
  const byMs = after === EXTEND ? positive(duration) : undefined;
  return byMs === undefined ? { kind: 'stay' } : { kind: 'extend', byMs };
}

/** Who wants it back down is not asked about a duration. */
function wrongDuration({ after, duration }: FormAnswers): Reply['field'] {
  if (after.startsWith(TO)) return undefined;
  if (after === EXTEND)
    return positive(duration) ? undefined : { name: 'duration', error: `How much longer? For example ${EXAMPLES}.` };
  return duration === '' ? undefined : { name: 'duration', error: 'Choose that it bakes longer, or leave this empty.' };
}
