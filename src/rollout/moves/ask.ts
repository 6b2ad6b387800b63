import type { Streak } from '../health/streak.js';
import type { Actor } from '../plan/actor.js';
import { stageAt } from '../plan/plan.js';
import { REQUEST_EXPIRES_MS } from '../plan/waits.js';
import { ANOTHER_OPERATOR } from '../requirements/approval.js';
import { lastReadings } from '../state/last-readings.js';
import type { ApprovalRequest, Rollout } from '../state/rollout.js';
import { Draft } from './draft.js';

/** A card that was void this recently is used again; an older one is too far up in the thread to be found. */
const SAME_CARD_MS = 3_600_000;

interface Asking {
  /** What the checker remembers of each check; absent: nothing is watched. */
  readonly streaks?: Readonly<Record<string, Streak>> | undefined;
  readonly stageNo: number;
  readonly reason: string;
  /** Nobody asks by hand: the plan says `advance: auto`. */
  readonly auto?: true;
  /** Always needs an approval: the stage's own, or another operator's. */
  readonly always?: boolean;
  readonly override?: NonNullable<ApprovalRequest['override']>;
}

/** Asks for the stage's approval, or orders the raise when it needs none. */
export function ask(draft: Draft, { stageNo, reason, auto, always = false, override, streaks }: Asking): void {
  const rollout = draft.state;
  const stage = stageAt(rollout.plan, stageNo);
  const attempt = (rollout.stage.attempts[stageNo] ?? 0) + 1;
  if (!stage.approve && !always) {
    draft.raise(stageNo, attempt, stage.exposure, { requestId: null, reason, ...(auto && { auto }) });
    return;
  }
  const expiresAt = new Date(draft.now.getTime() + (rollout.plan.approveWithinMs ?? REQUEST_EXPIRES_MS));
  draft.add({
    type: 'approval_requested',
    requestId: `${rollout.id}.${rollout.seq + 1}`,
    stageNo,
    attempt,
    from: rollout.exposure.confirmed,
    to: stage.exposure,
    bakedMs: rollout.bake.observedMs,
    reason,
    ...(auto && { auto }),
    expiresAt,
    ...(stage.approve ? {} : { quorum: ANOTHER_OPERATOR }),
    ...(override && { override }),
    ...sameCard(rollout, stageNo, draft.now),
    readings: lastReadings(rollout, streaks),
  });
  const { request } = draft.state;
  if (!request) return;
  draft.showRequest(request, { kind: 'open' });
  // The card is edited, and edits call nobody.
  if (request.card)
    draft.show(`again:${request.id}`, { template: 'reminder', waitingFor: 'approval', since: draft.now, again: true });
}

/** Asked again soon after it was void: the same card, and those who had approved have to do it once more. */
function sameCard({ voided }: Rollout, stageNo: number, now: Date): Pick<ApprovalRequest, 'card' | 'before'> {
  if (!voided || voided.stageNo !== stageNo || now.getTime() - voided.at.getTime() > SAME_CARD_MS) return {};
  return { card: voided.card, ...(voided.votes.length > 0 ? { before: voided.votes } : {}) };
}

/** The same in somebody's name: who started is who asks for the first stage, and for those that follow by themselves. */
export function askFor(draft: Draft, actor: Actor, asking: Asking): void {
  const asked = new Draft(draft.state, actor, draft.now);
  ask(asked, asking);
  draft.events.push(...asked.events);
  draft.effects.push(...asked.effects);
  draft.state = asked.state;
}
