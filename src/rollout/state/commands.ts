import type { ExposureReading, Restarted } from '../health/assess.js';
import type { CheckReading, Streak } from '../health/streak.js';
import type { Actor, Standing } from '../plan/actor.js';
import type { Lists } from '../plan/lists.js';
import type { Place } from '../plan/place.js';
import type { Plan } from '../plan/plan.js';
import type { Reason } from '../plan/reasons.js';
import type { Instead, Unclear } from '../spoken/unclear.js';
import type { ItemRef, ItemState, Output } from './item-state.js';
import type { Member, Rollout } from './rollout.js';
import type { Step } from './steps.js';
import type { MovingVerb } from './verbs.js';

/** Of each verb what it asks. One that moves a rollout and asks nothing does not compile. */
type Complete<Asked extends { readonly type: MovingVerb }, V extends Asked['type']> = Extract<
  Asked,
  { readonly type: V }
>;

/** What becomes of users' exposure when a request is denied: it stays, the bake takes longer by `byMs`, or it goes down (null: where the plan says). */
export type AfterDenial =
  | { readonly kind: 'stay' }
  | { readonly kind: 'extend'; readonly byMs: number }
  | { readonly kind: 'lower'; readonly to: Place | null };

/** What a person asks of an existing rollout. */
export type Command = Complete<Asked, MovingVerb>;

type Asked =
  | {
      readonly type: 'advance';
      /** Null: no place was named, the next stage is meant. */
      readonly to: Place | null;
      readonly reason: string;
      /** Why its words are no order to go anywhere. */
      readonly unclear?: Unclear;
      /** Asked although the bake is not over; needs a reason and somebody else's approval, whatever the stage says. */
      readonly override?: boolean;
      readonly button?: { readonly stageNo: number; readonly attempt: number };
    }
  | { readonly type: 'approve'; readonly requestId: string; readonly messageTs: string }
  /** `next`: the role that acts next, null where nobody was named. */
  | {
      readonly type: 'deny';
      readonly requestId: string;
      readonly reason: string;
      readonly messageTs: string;
      readonly next: string | null;
      readonly after: AfterDenial;
    }
  | { readonly type: 'withdraw'; readonly requestId: string }
  | { readonly type: 'pause'; readonly reason: string }
  | { readonly type: 'resume'; readonly reason: string }
  /** `button`: the stage that stood on the form; its bake is made longer or none. */
  | {
      readonly type: 'extend';
      readonly byMs: number;
      readonly reason: string;
      readonly button?: { readonly stageNo: number; readonly attempt: number };
    }
  /** `button`: the stage that stood on the form; it ends there or not at all. */
  | {
      readonly type: 'finish';
      readonly reason: string;
      readonly button?: { readonly stageNo: number; readonly attempt: number };
    }
  /** `to`: null where no place was named. `instead`: a place stood in the words and was not taken for one. */
  | {
      readonly type: 'rollback';
      readonly to: Place | null;
      readonly reason: string;
      readonly instead?: Instead;
    }
  | { readonly type: 'have'; readonly subject: string }
  /** Measures the baseline again. */
  | { readonly type: 'baseline'; readonly reason: string }
  | { readonly type: 'report'; readonly check: string; readonly value: number; readonly note: string }
  /** Each of these is done, or passed. */
  | { readonly type: 'done'; readonly items: readonly ItemRef[]; readonly note: string }
  | { readonly type: 'fail'; readonly item: ItemRef; readonly how: 'failed' | 'blocked'; readonly note: string }
  | { readonly type: 'reopen'; readonly item: ItemRef; readonly reason: string }
  | { readonly type: 'waive'; readonly item: ItemRef; readonly reason: string }
  /** The bot is to do it now, or once more. */
  | { readonly type: 'run'; readonly item: ItemRef };

export interface CommandAsked {
  readonly command: Command;
  readonly actor: Actor;
  readonly standing: Standing;
  /** Everyone who holds a role now, ineligible people left out; for commands that ask for approval. Null: Slack did not say. */
  readonly holders?: readonly Holder[] | null;
}

/** Somebody who holds roles of the plan now. */
export interface Holder {
  /** Their `actorKey`. */
  readonly key: string;
  readonly userId: string;
  readonly roles: readonly string[];
}

/** `run`: the run that was shown as rolled back, where a button says it. */
export type Again =
  | { readonly kind: 'again'; readonly run?: number }
  | { readonly kind: 'false_alarm'; readonly reason: string; readonly run?: number };

/** What is asked with `start`: everything was read and resolved before, so the rule only judges. */
export interface StartRequest {
  readonly id: number;
  readonly run: number;
  readonly teamId: string;
  readonly plan: Plan;
  readonly planHash: string;
  /** Absent: the plan has none. */
  readonly lists?: Lists;
  readonly note: string;
  readonly channelId: string;
  readonly people: Readonly<Record<string, readonly Member[]>>;
  readonly targetKeys: readonly string[];
  /** Everyone who holds a role now; ineligible people left out. */
  readonly holders: readonly Holder[];
  /** The run before this one, however it ended; null for the first. */
  readonly last?: Rollout | null;
  /** What is said about the run before: it was rolled back and is tried again all the same, or a false alarm rolled it back. */
  readonly again?: Again;
  readonly actor: Actor;
  readonly standing: Standing;
}

/** Whether a fact is decided with the items of the lists: the others by how far the lists are. */
export const READS_ITEMS: Readonly<Record<Fact['type'], boolean>> = {
  rehearsed: false,
  rehearsal_failed: false,
  raise_checked: false,
  post_refused: false,
  raised: false,
  late_raise: false,
  raise_failed: false,
  lower_late: false,
  lower_refused: false,
  lowered: false,
  settle_read: false,
  assessed: false,
  step_started: false,
  step_ended: false,
  item_started: true,
  item_ended: true,
  stale_needed: true,
  channel_moved: false,
  target_changed: false,
  // The clock has the bot begin what is its own.
  woke: true,
};

/** The items that a command or a fact is about; null where it is about none in particular. */
export function itemsMeant(about: Command | Fact): readonly ItemRef[] | null {
  if ('items' in about) return about.items;
  return 'item' in about ? [about.item] : null;
}

/** What the world answered or the clock noticed. */
export type Fact =
  | {
      readonly type: 'rehearsed';
      readonly exposures: readonly {
        readonly target: string;
        readonly reading: ExposureReading;
        /** For people: how off is done where it is not done plainly, and what was not tried. */
        readonly notes?: readonly string[];
        /** The target's own names of smaller writes that were proven. */
        readonly rungs?: Readonly<Record<string, string>>;
      }[];
      readonly checks: Readonly<Record<string, CheckReading>>;
    }
  | { readonly type: 'rehearsal_failed'; readonly reason: Reason; readonly detail: string }
  /** Fresh readings just before a raise goes out, summed into what was known. */
  | {
      readonly type: 'raise_checked';
      readonly movedSeq: number;
      readonly streaks: Readonly<Record<string, Streak>>;
      /** Of a first raise whose channel does not take the first message: Slack's word for it. Absent: it does, or Slack is away. */
      readonly refused?: string;
      /** The raise was tried before: part of it may be there. */
      readonly tried?: boolean;
    }
  /** The first message of the rollout is not taken by its channel, for good; Slack's code. */
  | { readonly type: 'post_refused'; readonly code: string }
  | { readonly type: 'raised'; readonly movedSeq: number; readonly exposure: number }
  /**
   * A raise to `to` ended after it was over, and may have gone out. `exposure`: what was read then; null when nothing was.
   * `elsewhere`: another rollout moves these targets now.
   */
  | {
      readonly type: 'late_raise';
      readonly movedSeq: number;
      readonly to: number;
      readonly exposure: number | null;
      readonly elsewhere?: boolean;
    }
  | { readonly type: 'raise_failed'; readonly movedSeq: number; readonly reason: Reason; readonly detail: string }
  /** A lowering was tried several times and is not done. */
  | { readonly type: 'lower_late'; readonly movedSeq: number; readonly detail: string }
  /** The targets will never be where they are lowered to. */
  | { readonly type: 'lower_refused'; readonly movedSeq: number; readonly detail: string }
  /** `left`: for people, how it was done where it was not done plainly, and what is left in the targets. */
  | { readonly type: 'lowered'; readonly movedSeq: number; readonly exposure: number; readonly left?: string }
  | { readonly type: 'settle_read'; readonly movedSeq: number; readonly exposure: number; readonly last: boolean }
  | {
      readonly type: 'assessed';
      readonly movedSeq: number;
      readonly stageNo: number;
      readonly attempt: number;
      readonly streaks: Readonly<Record<string, Streak>>;
      readonly observedMs: number;
      /** Why the bake starts over with this round; absent when it does not. */
      readonly restarted?: Restarted;
      readonly target: ExposureReading;
    }
  /** A step is about to be done. */
  | { readonly type: 'step_started'; readonly step: Step }
  /** `failed`: why it certainly was not done; null: it was. */
  | { readonly type: 'step_ended'; readonly step: Step; readonly way: 'do' | 'undo'; readonly failed: string | null }
  /** What an item says is about to be done. */
  | { readonly type: 'item_started'; readonly item: ItemRef; readonly run: number }
  | {
      readonly type: 'item_ended';
      readonly item: ItemRef;
      readonly run: number;
      readonly to: Extract<ItemState, 'done' | 'failed' | 'unknown'>;
      /** For people: how it ended. */
      readonly note: string;
      readonly output?: Output;
    }
  /** Somebody waits for results that are too old. */
  | { readonly type: 'stale_needed' }
  /** Slack gave the channel of this rollout another id. */
  | { readonly type: 'channel_moved'; readonly from: string; readonly to: string }
  | { readonly type: 'target_changed'; readonly detail: string }
  /** `approvable`: could those who hold the roles now still grant the open request? Null: not known. */
  | { readonly type: 'woke'; readonly approvable?: boolean | null };
