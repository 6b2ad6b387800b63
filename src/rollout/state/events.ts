import type { Restarted } from '../health/assess.js';
import type { LastReading } from '../health/baseline.js';
import type { WhyUnknown } from '../health/why-unknown.js';
import type { Actor } from '../plan/actor.js';
import type { ListId, Lists } from '../plan/lists.js';
import type { Limit, Plan, Quorum } from '../plan/plan.js';
import type { Reason } from '../plan/reasons.js';
import type { Verdict } from '../plan/verdict.js';
import type { Detail } from './detail.js';
import type { ItemRef, ItemState, Output } from './item-state.js';
import type { AlertEnd, AlertKind, Entry, Member, RollbackCause, Vote, WayBack } from './rollout.js';
import type { Step } from './steps.js';

/** Facts, past tense. What happened to a rollout is exactly its events; the row is their sum. */
export type Event =
  | {
      readonly type: 'started';
      readonly id: number;
      readonly teamId: string;
      readonly plan: Plan;
      readonly planHash: string;
      readonly run: number;
      readonly note: string;
      readonly channelId: string;
      readonly people: Readonly<Record<string, readonly Member[]>>;
      readonly targetKeys: readonly string[];
      /** Absent: the plan has none. */
      readonly lists?: Lists;
      readonly entry?: Entry;
    }
  /** What was to be done before it is done, and somebody said go: its targets are its own from here on. */
  | { readonly type: 'begun'; readonly reason: string }
  /** It was planned, and is not wanted any more. */
  | { readonly type: 'cancelled'; readonly reason: string }
  | {
      readonly type: 'rehearsed';
      readonly anchor: number;
      readonly verdicts: Verdicts;
      readonly numbers: Numbers;
      readonly wayBack?: WayBack;
    }
  /** Everything was read, and something is to be done before the first stage, which nobody has to approve. */
  | { readonly type: 'first_stage_waits' }
  | { readonly type: 'rehearsal_failed'; readonly reason: Reason; readonly detail: Detail | null }
  /** The channel does not take the first message; Slack's code. */
  | { readonly type: 'announcement_refused'; readonly code: string }
  | {
      readonly type: 'approval_requested';
      readonly requestId: string;
      readonly stageNo: number;
      readonly attempt: number;
      readonly from: number;
      readonly to: number;
      readonly bakedMs: number;
      readonly reason: string;
      /** Nobody asked by hand: the plan says `advance: auto`. Then `reason` is empty. */
      readonly auto?: true;
      readonly expiresAt: Date;
      readonly quorum?: Quorum;
      readonly override?: { readonly observedMs: number; readonly neededMs: number };
      readonly card?: string;
      readonly before?: readonly Vote[];
      readonly readings?: Readonly<Record<string, LastReading>>;
    }
  | {
      readonly type: 'approval_recorded';
      readonly requestId: string;
      readonly teamId: string;
      readonly userId: string;
      readonly roles: readonly string[];
      readonly messageTs: string;
      readonly saw: Saw;
      readonly granted: boolean;
    }
  | {
      readonly type: 'approval_denied';
      readonly requestId: string;
      readonly reason: string;
      /** The role that acts next; absent where nobody was named. */
      readonly next?: string;
      /** The bake was made longer with it by this, ms. */
      readonly extendedByMs?: number;
      readonly messageTs: string;
      readonly saw: Saw;
    }
  /** Somebody took their approval back. `raise`: the move was under way already, and is called back. */
  | {
      readonly type: 'approval_withdrawn';
      readonly requestId: string;
      readonly teamId: string;
      readonly userId: string;
      readonly raise: boolean;
    }
  | {
      readonly type: 'approval_voided';
      readonly requestId: string;
      readonly reason: Reason;
      readonly detail: Detail | null;
    }
  | { readonly type: 'approval_expired'; readonly requestId: string }
  | {
      readonly type: 'raise_ordered';
      readonly stageNo: number;
      readonly attempt: number;
      readonly from: number;
      readonly to: number;
      readonly requestId: string | null;
      readonly expiresAt: Date;
      /** What was said, where no request carries it. */
      readonly reason?: string;
      /** Nobody ordered it by hand: the plan says `advance: auto`. */
      readonly auto?: true;
    }
  | { readonly type: 'exposure_confirmed'; readonly exposure: number }
  | { readonly type: 'raise_failed'; readonly reason: Reason; readonly detail: Detail | null }
  /** A raise was given up and the targets were read back at (or below) where they stood before it. */
  | { readonly type: 'exposure_restored'; readonly exposure: number; readonly left?: string }
  | {
      readonly type: 'verdict_changed';
      readonly check: string;
      readonly from: Verdict;
      readonly to: Verdict;
      readonly value: number | null;
      readonly why: WhyUnknown | null;
    }
  /** People are told: a warning, or readings missing three times in a row. */
  | {
      readonly type: 'alert_opened';
      readonly subject: string;
      readonly no: number;
      readonly kind: AlertKind;
      readonly reason: Reason | null;
      readonly detail: Detail | null;
      readonly value: number | null;
      /** What users get, or were to get of a raise that failed, percent. */
      readonly exposure: number;
      readonly beganAt: Date;
      /** The post it stands in. */
      readonly post: number;
      /** How often it came back, where that is why it is told. */
      readonly times?: number;
      readonly limit?: Limit;
      readonly limits?: readonly string[];
      readonly source?: string;
    }
  /** A limit of the check is not broken any more; these still are. */
  | {
      readonly type: 'alert_eased';
      readonly subject: string;
      readonly no: number;
      readonly value: number | null;
      readonly limits: readonly string[];
      readonly limit?: Limit;
    }
  | {
      readonly type: 'alert_closed';
      readonly subject: string;
      readonly no: number;
      readonly value: number | null;
      readonly how: AlertEnd['how'];
    }
  /** The channel is told of open alerts, and people are called. `alerts`: those that stood in other posts until now. */
  | {
      readonly type: 'people_called';
      readonly post: number;
      readonly alerts: readonly { readonly subject: string; readonly no: number }[];
      readonly mentions: readonly Member[];
      /** Somebody who should be called was called a moment before. */
      readonly owed: boolean;
    }
  /** `means`: of every number read in this bake. */
  | {
      readonly type: 'bake_passed';
      readonly observedMs: number;
      readonly numbers: Numbers;
      readonly means: Numbers;
    }
  /** The plan lets this bake start over: what was observed so far does not count. */
  | {
      readonly type: 'bake_restarted';
      readonly subject: string;
      readonly why: Restarted['why'];
      readonly observedMs: number;
    }
  | { readonly type: 'baseline_started'; readonly no: number; readonly reason: string }
  | {
      readonly type: 'baseline_captured';
      readonly no: number;
      readonly numbers: Numbers;
      /** How many numbers the fewest read check gave. */
      readonly readings: number;
      readonly exposure: number;
    }
  | { readonly type: 'baseline_missed'; readonly no: number; readonly detail: Detail | null }
  /** A person told a number that no machine knows. */
  | { readonly type: 'reported'; readonly check: string; readonly value: number; readonly note: string }
  | { readonly type: 'report_asked'; readonly check: string }
  | { readonly type: 'summary_shown' }
  /** A limit of this check asks to hold; it asks once, until it was well in between. */
  | { readonly type: 'hold_noted'; readonly check: string }
  | { readonly type: 'hold_cleared'; readonly check: string }
  | { readonly type: 'completed' }
  | { readonly type: 'paused'; readonly reason: string }
  | { readonly type: 'held'; readonly cause: Reason; readonly detail: Detail | null; readonly exposure: number }
  | { readonly type: 'resumed'; readonly to: 'baking' | 'ready'; readonly reason?: string }
  | { readonly type: 'bake_extended'; readonly byMs: number; readonly reason: string; readonly reopened: boolean }
  | { readonly type: 'finished'; readonly reason: string }
  | {
      readonly type: 'rollback_ordered';
      readonly no: number;
      readonly from: number;
      readonly to: number;
      readonly stageNo: number;
      readonly ends: boolean;
      readonly cause: RollbackCause;
    }
  | { readonly type: 'rollback_confirmed'; readonly exposure: number; readonly tookMs: number; readonly left?: string }
  | { readonly type: 'rollback_overdue' }
  | {
      readonly type: 'drift_found';
      readonly direction: 'up' | 'down';
      readonly expected: number;
      readonly found: number;
      /** In the words of the targets. */
      readonly detail: string;
    }
  | { readonly type: 'late_raise_seen'; readonly found: number }
  /** A raise that was over ended, and may have reached users; nobody has read yet. */
  | { readonly type: 'late_raise_reported'; readonly to: number }
  | { readonly type: 'settled' }
  /** Recorded before it is done. */
  | { readonly type: 'step_started'; readonly step: Step }
  | { readonly type: 'step_done'; readonly step: Step; readonly way: 'do' | 'undo' }
  | { readonly type: 'step_failed'; readonly step: Step; readonly way: 'do' | 'undo'; readonly detail: string }
  /** What became of an item, by a person or the bot. `required`: it blocks while it is not met. */
  | {
      readonly type: 'item_changed';
      readonly item: ItemRef;
      readonly title: string;
      readonly was: ItemState;
      readonly to: ItemState;
      readonly required: boolean;
      readonly note: string;
      /** Of the roles that are asked for, those this person held. */
      readonly roles: readonly string[];
      /** Of what the bot does: which run this is about, from 1 in each opening. */
      readonly run?: number;
      /** Of what the bot has done: what it kept of that. */
      readonly output?: Output;
      /** Up to when this result holds; absent: it does not age. */
      readonly staleAt?: Date;
    }
  /** Recorded before the program, request or query goes out: from here on it may have been done. */
  | { readonly type: 'item_started'; readonly item: ItemRef; readonly title: string; readonly run: number }
  /** The owners of what is left were called, by list; each role once in an opening. */
  | {
      readonly type: 'owners_asked';
      readonly lists: readonly (ListId & { readonly owners: readonly string[] })[];
    }
  /** What is to be done afterwards was not done in time, and is not asked for any more. */
  | { readonly type: 'lists_closed' }
  /** Somebody said that it is done, and others have to say so too. */
  | {
      readonly type: 'item_signed';
      readonly item: ItemRef;
      readonly title: string;
      readonly note: string;
      readonly roles: readonly string[];
    }
  /** The same channel under another id of Slack. */
  | { readonly type: 'channel_moved'; readonly to: string }
  | { readonly type: 'target_changed'; readonly detail: string }
  | { readonly type: 'acknowledged'; readonly subject: string }
  | { readonly type: 'reminded' };

export type Verdicts = Readonly<Record<string, Verdict>>;
export type Numbers = Readonly<Record<string, number>>;

/** What stood before the approver's eyes when they clicked. */
export interface Saw {
  readonly from: number;
  readonly to: number;
  readonly planHash: string;
  readonly verdicts: Verdicts;
  /** The last number per check on the card. */
  readonly numbers: Numbers;
}

/** An event as recorded: when, by whom, at which seq. */
export interface Recorded {
  readonly seq: number;
  readonly at: Date;
  readonly actor: Actor;
  readonly event: Event;
}

export type EventType = Event['type'];
export type EventOf<T extends EventType> = Extract<Event, { readonly type: T }>;
