import type { Actor, Standing } from './actor.js';
import type { CheckReading, ExposureReading, Streak } from './health.js';
import type { Plan } from './plan.js';
import type { Reason } from './reasons.js';
import type { Member } from './rollout.js';

/** What a person asks of an existing rollout. */
export type Command =
  | {
      readonly type: 'advance';
      readonly to: string;
      readonly reason: string;
      readonly button?: { readonly stageNo: number; readonly attempt: number };
    }
  | { readonly type: 'approve'; readonly requestId: string; readonly messageTs: string }
  | { readonly type: 'deny'; readonly requestId: string; readonly reason: string; readonly messageTs: string }
  | { readonly type: 'pause'; readonly reason: string }
  | { readonly type: 'resume'; readonly reason: string }
  | { readonly type: 'extend'; readonly byMs: number; readonly reason: string }
  | { readonly type: 'finish'; readonly reason: string }
  /** `to` as typed: '', off, previous, a stage's name or a percent. */
  | { readonly type: 'rollback'; readonly to: string; readonly reason: string }
  | { readonly type: 'have'; readonly subject: string };

export interface Asked {
  readonly command: Command;
  readonly actor: Actor;
  readonly standing: Standing;
}

/** What is asked with `start`: everything was read and resolved before, so the rule only judges. */
export interface StartRequest {
  readonly id: number;
  readonly run: number;
  readonly teamId: string;
  readonly plan: Plan;
  readonly planHash: string;
  readonly note: string;
  readonly channelId: string;
  readonly people: Readonly<Record<string, readonly Member[]>>;
  readonly targetKeys: readonly string[];
  /** Everyone who holds a role now, by `actorKey`, with their roles; ineligible people left out. */
  readonly holders: readonly { readonly key: string; readonly roles: readonly string[] }[];
  readonly actor: Actor;
  readonly standing: Standing;
}

/** What the world answered or the clock noticed. */
export type Fact =
  | {
      readonly type: 'rehearsed';
      readonly exposures: readonly { readonly target: string; readonly reading: ExposureReading }[];
      readonly checks: Readonly<Record<string, CheckReading>>;
    }
  | { readonly type: 'rehearsal_failed'; readonly reason: Reason; readonly detail: string }
  /** Fresh readings just before a raise goes out, summed into what was known. */
  | { readonly type: 'raise_checked'; readonly movedSeq: number; readonly streaks: Readonly<Record<string, Streak>> }
  | { readonly type: 'raised'; readonly movedSeq: number; readonly exposure: number }
  | { readonly type: 'raise_failed'; readonly movedSeq: number; readonly reason: Reason; readonly detail: string }
  /** A lowering was tried several times and is not done. */
  | { readonly type: 'lower_late'; readonly movedSeq: number; readonly detail: string }
  /** The targets will never be where they are lowered to. */
  | { readonly type: 'lower_refused'; readonly movedSeq: number; readonly detail: string }
  | { readonly type: 'lowered'; readonly movedSeq: number; readonly exposure: number }
  | { readonly type: 'settle_read'; readonly movedSeq: number; readonly exposure: number; readonly last: boolean }
  | {
      readonly type: 'assessed';
      readonly movedSeq: number;
      readonly stageNo: number;
      readonly attempt: number;
      readonly streaks: Readonly<Record<string, Streak>>;
      readonly observedMs: number;
      readonly target: ExposureReading;
    }
  | { readonly type: 'target_changed'; readonly detail: string }
  | { readonly type: 'woke' };
