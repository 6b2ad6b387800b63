/** What a requirement is: one thing that has to hold before exposure rises, with an answer for every moment it is asked at. */

import type { ExposureReading } from '../health/assess.js';
import type { Streak } from '../health/streak.js';
import type { Voter } from '../plan/quorum.js';
import type { Reason } from '../plan/reasons.js';
import type { Context } from '../state/context.js';
import type { Condition } from '../state/refusal.js';
import type { Rollout } from '../state/rollout.js';

type Streaks = Readonly<Record<string, Streak>>;

/** When the question is asked, with what is known at that moment besides the rollout. */
export type RaiseMoment =
  /** Targets and checks were read, and the first stage is next. */
  | { readonly at: 'start' }
  /** A person asks for the next stage; also what `why` shows. `override`: although the bake is not over. */
  | { readonly at: 'asked'; readonly override?: boolean }
  /** A bake passed and the plan says `advance: auto`. What the last round of checks read. */
  | {
      readonly at: 'auto';
      readonly movedSeq: number;
      readonly streaks: Streaks;
      readonly target: ExposureReading;
    }
  /** Somebody clicks Approve. `vote`: theirs, which is not recorded yet. */
  | { readonly at: 'approved'; readonly requestId: string; readonly vote: Voter | null }
  /** Just before the targets are told. `streaks`: with readings taken now. */
  | { readonly at: 'raising'; readonly movedSeq: number; readonly streaks: Streaks };

export type MomentName = RaiseMoment['at'];
type MomentAt<N extends MomentName> = Extract<RaiseMoment, { at: N }>;

/** What is known at every moment. */
export interface Situation extends Context {
  readonly rollout: Rollout;
}

export interface Question<N extends MomentName> extends Situation {
  readonly moment: MomentAt<N>;
}

/** Why a requirement is not met. */
export type Lack =
  /** `notBefore`: it may be met from then on, and certainly not before; null: time alone does not help. */
  | { readonly reason: Reason; readonly notBefore: Date | null }
  /**
   * Nothing is wrong, people have not said yes; no refusal is made of it. Never where time alone is lacking: a vote that is taken
   * then would wait for a moment at which nobody asks again.
   */
  | { readonly reason: null; readonly notBefore: null };

/** What one requirement answers. `row`: how it is shown to people; null: it is not. */
export interface RequirementAnswer {
  readonly row: Condition | null;
  readonly lack: Lack | null;
}

/** Each moment has its own answer; a requirement that leaves one out does not compile. */
export type Requirement = { readonly [N in MomentName]: (question: Question<N>) => RequirementAnswer };

export function met(row: Condition | null = null): RequirementAnswer {
  return { row, lack: null };
}

export function unmet(reason: Reason | null, row: Condition | null = null): RequirementAnswer {
  const notBefore = null;
  return { row, lack: reason === null ? { reason, notBefore } : { reason, notBefore } };
}

/** Not met, and certainly not before this time; null: that cannot be told. */
export function unmetUntil(reason: Reason, row: Condition | null, notBefore: Date | null): RequirementAnswer {
  return { row, lack: { reason, notBefore } };
}

/** For a moment at which this requirement has nothing to say. */
export function notAsked(): RequirementAnswer {
  return met();
}
