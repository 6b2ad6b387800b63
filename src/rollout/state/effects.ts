import type { Actor } from '../plan/actor.js';
import type { Reason } from '../plan/reasons.js';
import type { Verdict } from '../plan/verdict.js';
import type { ChangeEvent } from './change-events.js';
import type { Detail } from './detail.js';
import type { ItemRef } from './item-state.js';
import type { AlertPost, ApprovalRequest, PassedBake, Rollback } from './rollout.js';
import type { Step } from './steps.js';

/** What the world must be asked to do, stored before it is done. */
export type Effect = TargetEffect | ShowEffect | StepEffect | ItemEffect;

export type TargetEffect =
  /** Read the anchor, write it back, read it again, read every check once. */
  | { readonly kind: 'rehearse' }
  | {
      readonly kind: 'raise';
      readonly to: number;
      readonly from: number;
      readonly stageNo: number;
      readonly attempt: number;
      readonly movedSeq: number;
      readonly notAfter: Date;
    }
  | { readonly kind: 'lower'; readonly to: number; readonly movedSeq: number }
  /** Is it still where it was put? `last` ends the settling. */
  | { readonly kind: 'read'; readonly movedSeq: number; readonly last: boolean; readonly notBefore: Date };

/** Does or undoes one step, once. Who carries steps out knows by its number what it says; see src/deliver/step-lane.ts. */
export interface StepEffect {
  readonly kind: 'step';
  readonly way: 'do' | 'undo';
  readonly step: Step;
}

/** Does what an item says, once; `run` counts from 1 in each opening of its list. See src/deliver/item-lane.ts. */
export interface ItemEffect {
  readonly kind: 'item';
  readonly item: ItemRef;
  readonly run: number;
}

/** Shows a message slot as it is now: posts it if it is not there, edits it if it is. Later ones replace earlier ones. */
export interface ShowEffect {
  readonly kind: 'show';
  readonly slot: string;
  readonly message: Message;
  readonly notBefore?: Date;
  /** Shown to this person in a direct message, not in the channel. A Slack user id. */
  readonly person?: string;
  /** It was for this person alone, who cannot be written to directly. A Slack user id. */
  readonly unreached?: string;
}

export type RequestOutcome =
  | { readonly kind: 'open' }
  | { readonly kind: 'granted' }
  | {
      readonly kind: 'denied';
      readonly by: Actor;
      readonly reason: string;
      readonly at: Date;
      readonly next?: string;
      readonly extendedByMs?: number;
    }
  | { readonly kind: 'void'; readonly reason: Reason; readonly detail: Detail | null; readonly at: Date }
  | { readonly kind: 'expired'; readonly at: Date }
  | { readonly kind: 'withdrawn'; readonly by: Actor; readonly at: Date }
  /** It had been granted, and somebody took their approval back before the move was read back. */
  | { readonly kind: 'taken_back'; readonly by: Actor; readonly at: Date };

/** What is said, without its words: src/slack/words/messages has one renderer per template. */
export type Message =
  | { readonly template: 'live' }
  | { readonly template: 'approval_request'; readonly request: ApprovalRequest; readonly outcome: RequestOutcome }
  /** To the one who asked, in a direct message: what became of the request. */
  | {
      readonly template: 'outcome';
      readonly request: ApprovalRequest;
      readonly outcome: Exclude<RequestOutcome, { kind: 'open' }>;
    }
  /** To who started it, in a direct message: somebody else stopped it, and only an edit would say so. */
  | {
      readonly template: 'paused';
      readonly by: Actor;
      readonly reason: string;
      readonly exposure: number;
    }
  /** To who started it, in a direct message: it is rolled back, and not by them. */
  | {
      readonly template: 'rolled_back';
      readonly rollback: Rollback;
      readonly tookMs: number | null;
      readonly exposure: number | null;
    }
  /** What a person did, in a line of the thread. `exposure`: what users had then, percent. */
  | { readonly template: 'change'; readonly by: Actor; readonly exposure: number; readonly event: ChangeEvent }
  | {
      readonly template: 'stage_start';
      readonly stageNo: number;
      readonly exposure: number;
      readonly bakeMs: number;
      readonly at: Date;
    }
  | ({ readonly template: 'stage_complete' } & PassedBake)
  /** Alerts that are told together, one line each; those of one source's outage share theirs. */
  | { readonly template: 'alert'; readonly post: AlertPost }
  | {
      readonly template: 'incident';
      readonly rollback: Rollback;
      readonly tookMs: number | null;
      readonly exposure: number | null;
    }
  | {
      readonly template: 'completed';
      readonly wallMs: number;
      readonly stageNo: number;
      readonly observedMs: number;
      readonly issues: { readonly opened: number; readonly closed: number };
      readonly numbers: Readonly<Record<string, number>>;
      /** Ended by a person before the plan's end. */
      readonly unwatched: { readonly by: Actor; readonly reason: string; readonly exposure: number } | null;
    }
  /** What every check measured before any exposure, or why that could not be told. */
  | {
      readonly template: 'baseline';
      readonly no: number;
      readonly numbers: Readonly<Record<string, number>>;
      readonly readings: number;
      readonly exposure: number;
      readonly by: Actor;
      readonly reason: string;
      readonly missed: { readonly detail: Detail | null } | null;
    }
  /** A look at the bake at the plan's rhythm. */
  | {
      readonly template: 'summary';
      readonly stageNo: number;
      readonly exposure: number;
      readonly observedMs: number;
      readonly verdicts: Readonly<Record<string, Verdict>>;
      readonly numbers: Readonly<Record<string, number>>;
      readonly issues: { readonly opened: number; readonly closed: number };
    }
  /** What is to be done, in one opening of a list. */
  | { readonly template: 'list_card'; readonly list: Omit<ItemRef, 'no'>; readonly open: boolean }
  /** Calls the owners of what is left to do, in one opening of each list. */
  | {
      readonly template: 'owners_asked';
      readonly lists: readonly (Omit<ItemRef, 'no'> & { readonly owners: readonly string[] })[];
    }
  /** What an item of the plan has the bot write. */
  | { readonly template: 'said'; readonly text: string }
  /** A number is due that only people know. */
  | { readonly template: 'report_due'; readonly check: string }
  | { readonly template: 'not_started'; readonly reason: Reason; readonly detail: Detail | null }
  | {
      readonly template: 'reminder';
      readonly waitingFor: 'approval' | 'begin' | 'advance' | 'resume';
      readonly since: Date;
      /** The card was void and stands open again: an edit alone would call nobody. */
      readonly again?: boolean;
      /** Nobody is left who could give the approval. */
      readonly nobodyLeft?: boolean;
    };
