/** Those whom the stage asks have said yes. */
import type { Quorum } from '../plan/plan.js';
import { tally, type Voter } from '../plan/quorum.js';
import { beginsLater, nextStage, quorumOf, type Rollout, type Vote } from '../state/rollout.js';
import { met, type Question, type Requirement, type RequirementAnswer, type Situation, unmet } from './requirement.js';

/** Somebody else who runs rollouts says yes too, where the stage itself asks nobody. */
export const ANOTHER_OPERATOR: Quorum = { kind: 'any', count: 1, roles: ['operators'] };

/** Where a run that was rolled back by a false alarm is entered again, somebody else always says yes. */
function quorumOfNext(rollout: Rollout): Quorum | undefined {
  return nextStage(rollout)?.approve ?? (beginsLater(rollout) ? ANOTHER_OPERATOR : undefined);
}

function voters(votes: readonly Vote[]): Voter[] {
  return votes.map(({ userId, roles }) => ({ key: userId, roles }));
}

/** It is asked for by the move this is about, so it is neither met nor lacking. */
function askedNext({ rollout }: Situation): RequirementAnswer {
  const quorum = quorumOfNext(rollout);
  return met(quorum ? { kind: 'approval', ok: 'next', quorum } : null);
}

function whenAsked({ rollout }: Situation): RequirementAnswer {
  const { request } = rollout;
  const quorum = request ? quorumOf(rollout, request) : quorumOfNext(rollout);
  // An open request is in the way as a phase already.
  const ok = rollout.phase === 'awaiting_approval' ? false : 'next';
  return met(quorum ? { kind: 'approval', ok, quorum } : null);
}

function whenApproved({ rollout, moment: { vote } }: Question<'approved'>): RequirementAnswer {
  const { request } = rollout;
  const quorum = request && quorumOf(rollout, request);
  if (!quorum) return unmet('request_closed');
  const ok = tally(quorum, [...voters(request.votes), ...(vote ? [vote] : [])]).granted;
  const row = { kind: 'approval', ok, quorum } as const;
  return ok ? met(row) : unmet(null, row);
}

/** The votes behind the order are counted once more: an approval can be taken back until the raise is read back. */
function whenRaising({ rollout }: Situation): RequirementAnswer {
  const { raise } = rollout;
  const request = raise?.request;
  const quorum = request ? quorumOf(rollout, request) : rollout.plan.stages[(raise?.stageNo ?? 0) - 1]?.approve;
  if (!quorum) return met();
  const ok = tally(quorum, voters(request?.votes ?? [])).granted;
  const row = { kind: 'approval', ok, quorum } as const;
  return ok ? met(row) : unmet('approval_withdrawn', row);
}

export const approval: Requirement = {
  start: askedNext,
  asked: whenAsked,
  auto: askedNext,
  approved: whenApproved,
  raising: whenRaising,
};
