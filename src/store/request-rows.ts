import type { Recorded } from '../rollout/state/events.js';
import { quorumOf } from '../rollout/state/rollout.js';
import type { Decided } from './decided.js';
import { toStored } from './json.js';

/** Which request row opens, which vote is recorded, which request closes and how. */
export function requestChange({ before, after, events }: Pick<Decided, 'before' | 'after' | 'events'>) {
  const opened = after.request && after.request.id !== before?.request?.id ? after.request : null;
  const voted = events.find(({ event }) => event.type === 'approval_recorded' || event.type === 'approval_denied');
  const closed = before?.request && before.request.id !== after.request?.id ? before.request.id : null;
  return {
    open: opened && {
      id: opened.id,
      stage_no: opened.stageNo,
      attempt: opened.attempt,
      from_exposure: opened.from,
      to_exposure: opened.to,
      plan_hash: opened.planHash,
      verdicts: opened.verdicts,
      needs: quorumOf(after, opened) ?? {},
      requested_by: toStored(opened.requestedBy),
      expires_at: opened.expiresAt,
    },
    vote: voted && voteOf(voted),
    unvote: events.flatMap(({ event }) =>
      event.type === 'approval_withdrawn'
        ? [{ id: event.requestId, team_id: event.teamId, user_id: event.userId }]
        : [],
    ),
    close: closed && { id: closed, state: closedAs(events) },
  };
}

function voteOf({ event, actor, at }: Recorded) {
  if (event.type === 'approval_recorded') {
    const { requestId, teamId, userId, roles, messageTs, saw } = event;
    return {
      id: requestId,
      team_id: teamId,
      user_id: userId,
      role: roles.join(','),
      vote: 'approve',
      reason: '',
      message_ts: messageTs,
      saw,
      at,
    };
  }
  if (event.type !== 'approval_denied' || actor.kind !== 'slack') return null;
  const { requestId, messageTs, saw, reason } = event;
  return {
    id: requestId,
    team_id: actor.teamId,
    user_id: actor.userId,
    role: '',
    vote: 'deny',
    reason,
    message_ts: messageTs,
    saw,
    at,
  };
}

function closedAs(events: readonly Recorded[]): string {
  const types = new Set(events.map(({ event }) => event.type));
  if (types.has('approval_recorded')) return 'granted';
  if (types.has('approval_denied')) return 'denied';
  if (types.has('approval_expired')) return 'expired';
  return types.has('paused') || types.has('finished') ? 'withdrawn' : 'voided';
}
