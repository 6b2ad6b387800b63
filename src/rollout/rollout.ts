import type { Actor } from './actor.js';
import type { Plan } from './plan.js';
import type { Reason } from './reasons.js';
import type { Verdict } from './verdict.js';

export const PHASES = [
  'starting',
  'ready',
  'awaiting_approval',
  'applying',
  'baking',
  'held',
  'rolling_back',
  'rolled_back',
  'completed',
  'not_started',
] as const;
export type Phase = (typeof PHASES)[number];

const TERMINAL_PHASES = ['rolled_back', 'completed', 'not_started'] as const satisfies readonly Phase[];

export function isTerminal(phase: Phase): boolean {
  return (TERMINAL_PHASES as readonly Phase[]).includes(phase);
}

/** A person or a group by id; what a plan's handles and e-mails became when the rollout started. */
export interface Member {
  readonly kind: 'user' | 'group';
  readonly id: string;
}

export interface Vote {
  readonly teamId: string;
  readonly userId: string;
  /** The needed roles this person held when voting. */
  readonly roles: readonly string[];
  readonly at: Date;
}

/** One request for one move: stage, attempt, from → to, plan hash, verdicts. An approval binds to exactly this. */
export interface ApprovalRequest {
  readonly id: string;
  readonly stageNo: number;
  readonly attempt: number;
  readonly from: number;
  readonly to: number;
  readonly planHash: string;
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** The last number per check when it was asked, for the card. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Observed healthy time of the bake before, ms. */
  readonly bakedMs: number;
  readonly requestedBy: Actor;
  readonly reason: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly remindAt: Date;
  readonly votes: readonly Vote[];
}

/** A raise that was ordered and not yet read back. */
export interface Raise {
  readonly stageNo: number;
  readonly attempt: number;
  readonly from: number;
  readonly to: number;
  readonly requestId: string | null;
  /** What the approver (or, without approval, the state at the order) saw. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly orderedBy: Actor;
  readonly orderedAt: Date;
  readonly expiresAt: Date;
}

/** What made the bot or a person roll back, with the number and its limit where a check did it. */
export interface RollbackCause {
  readonly reason: Reason | 'person';
  readonly by: Actor;
  readonly note: string;
  readonly check?: string;
  readonly value?: number;
  /** When the first of the breaching readings was taken. */
  readonly since?: Date;
}

/** A rollback under way or done. */
export interface Rollback {
  readonly no: number;
  readonly from: number;
  readonly to: number;
  /** Stage it ends in when it does not end the rollout. */
  readonly stageNo: number;
  readonly ends: boolean;
  readonly cause: RollbackCause;
  readonly orderedAt: Date;
  readonly orderSeq: number;
  readonly overdue: boolean;
  readonly confirmedAt: Date | null;
}

/** A bake that passed: how long it took by the clock and in observed health, and what its checks last said. */
export interface PassedBake {
  readonly stageNo: number;
  readonly attempt: number;
  readonly wallMs: number;
  readonly observedMs: number;
  readonly issues: { readonly opened: number; readonly closed: number };
  readonly numbers: Readonly<Record<string, number>>;
}

export interface Held {
  readonly cause: Reason;
  readonly since: Date;
  readonly by: Actor;
  readonly note: string;
}

/** One thing people were alerted to, from its first reading to its recovery. Its number makes the message slot. */
export interface Episode {
  readonly no: number;
  readonly kind: 'warning' | 'no_data' | 'drift' | 'raise_failed';
  readonly since: Date;
  readonly detail: string;
  readonly value: number | null;
  readonly open: boolean;
}

export interface Rollout {
  readonly id: number;
  readonly teamId: string;
  readonly plan: Plan;
  readonly planHash: string;
  /** 1 for the first run of this plan. */
  readonly run: number;
  readonly note: string;
  readonly channelId: string;
  readonly startedBy: Actor;
  readonly people: Readonly<Record<string, readonly Member[]>>;
  readonly targetKeys: readonly string[];
  readonly createdAt: Date;

  readonly phase: Phase;
  readonly phaseSince: Date;
  /** The stage whose exposure was last read back; 0 before the first. */
  readonly stageNo: number;
  readonly attempt: number;
  /** Tries per stage number, so that a new try is attempt + 1. */
  readonly attempts: Readonly<Record<number, number>>;
  readonly seq: number;
  /** Exposure last read back, percent. */
  readonly confirmed: number;
  /** What the targets are told to be, percent. */
  readonly wanted: number;
  /** Exposure found at start; null until rehearsed. */
  readonly anchor: number | null;
  /** seq of the last event that ordered or confirmed a move; a reading taken before it says nothing about now. */
  readonly movedSeq: number;
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly numbers: Readonly<Record<string, number>>;
  readonly bakeDone: boolean;
  readonly bakeStartedAt: Date | null;
  /** Observed healthy time when the bake ended, ms. */
  readonly bakedMs: number;
  /** Added to this stage's bake by `extend`. */
  readonly extraBakeMs: number;
  /** The bake that passed last, as its post tells it. */
  readonly lastBake: PassedBake | null;
  readonly request: ApprovalRequest | null;
  readonly raise: Raise | null;
  readonly rollback: Rollback | null;
  readonly held: Held | null;
  readonly episodes: Readonly<Record<string, Episode>>;
  /** Alerts opened and closed in this stage, for the stage-complete post. */
  readonly issues: { readonly opened: number; readonly closed: number };
  /** Who said "I have it", latest last. */
  readonly haveIt: readonly Actor[];
  readonly remindAt: Date | null;
  /** After a rollback: all settle reads were clean. */
  readonly settled: boolean;
  /** Why it never started. */
  readonly failure: { readonly reason: Reason; readonly detail: string } | null;
  readonly finishNote: string | null;
  readonly nextWakeAt: Date | null;
  readonly endedAt: Date | null;
}

/** The bake a stage needs, extensions included. */
export function bakeNeededMs(rollout: Rollout): number {
  const stage = rollout.plan.stages[rollout.stageNo - 1];
  return (stage?.bakeMs ?? 0) + rollout.extraBakeMs;
}

/** The highest stage reached so far that is not above this exposure; 0 when even the first is. */
export function stageBelow(rollout: Rollout, exposure: number): number {
  return rollout.plan.stages.filter((stage) => stage.exposure <= exposure && stage.no <= rollout.stageNo).length;
}

/** Users get more than they did before this rollout, or did until a read-back says otherwise. */
export function isExposed(rollout: Rollout): boolean {
  return rollout.confirmed > (rollout.anchor ?? 0);
}

/** A watch exists exactly while this holds. */
export function needsWatch(rollout: Rollout): boolean {
  return !isTerminal(rollout.phase) && (isExposed(rollout) || rollout.phase === 'baking');
}

/** `checkout` for the first run is `checkout#1`. */
export function rolloutName(rollout: Pick<Rollout, 'plan' | 'run'>): string {
  return `${rollout.plan.name}#${rollout.run}`;
}
