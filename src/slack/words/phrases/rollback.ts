import type { Rollback, Rollout } from '../../../rollout/state/rollout.js';
import { readUntil } from '../../../rollout/state/settling.js';
import { type Phrase, say } from '../inline.js';
import { clock, clockSeconds, duration, escapeText, theirs } from '../text.js';
import { typedSaid } from './commands.js';
import type { MessageContext } from './context.js';
import { exposureWords, partWords } from './exposure.js';

/** A rollback that takes longer than this is said to be not applied yet. */
const NOT_YET_AFTER_MS = 2_000;

/** How the way down stands: read back, just ordered, or not applied yet although it should be. */
export type RollbackProgress =
  | { readonly kind: 'confirmed'; readonly exposure: number; readonly tookMs: number }
  | { readonly kind: 'ordered' }
  | { readonly kind: 'not_yet' }
  /** A later rollback took over before this one was read back. */
  | { readonly kind: 'replaced' };

/** A person ordered it: nothing has to have gone wrong. */
export function isOrdered({ cause }: Pick<Rollback, 'cause'>): boolean {
  return cause.reason === 'person';
}

/** The rollback with this number as it is known now; the message's own copy may be older than the rollout. */
export function freshest(rollout: Rollout, rollback: Rollback): Rollback {
  return rollout.rollback?.no === rollback.no ? rollout.rollback : rollback;
}

export function wayDown(
  ctx: Pick<MessageContext, 'rollout' | 'now' | 'lowering'>,
  rollback: Rollback,
  known: { readonly tookMs: number | null; readonly exposure: number | null },
): RollbackProgress {
  const done = readBackOf(ctx.rollout, rollback);
  // Ordered once more, what was first said of it stays: when it was read back, and after how long.
  if (known.exposure !== null && known.tookMs !== null && !(rollback.first && done))
    return { kind: 'confirmed', exposure: known.exposure, tookMs: known.tookMs };
  if (done) return { kind: 'confirmed', exposure: known.exposure ?? rollback.to, tookMs: done.tookMs };
  if (ctx.rollout.rollback && ctx.rollout.rollback.no > rollback.no) return { kind: 'replaced' };
  const waited = ctx.now.getTime() - rollback.orderedAt.getTime();
  const failing = ctx.lowering !== null && ctx.lowering.lastError !== null;
  return { kind: failing || rollback.overdue || waited >= NOT_YET_AFTER_MS ? 'not_yet' : 'ordered' };
}

/** When it was first read back and what that took; null while it was not, or where users may have it again since. */
export function readBackOf(
  rollout: Rollout,
  rollback: Rollback,
): { readonly at: Date; readonly tookMs: number } | null {
  const { first, orderedAt, confirmedAt } = rollback;
  if (first && rollout.exposure.confirmed <= rollback.to)
    return { at: new Date(first.orderedAt.getTime() + first.tookMs), tookMs: first.tookMs };
  return confirmedAt && { at: confirmedAt, tookMs: confirmedAt.getTime() - orderedAt.getTime() };
}

/** Why a rollback does not go to a place that stood in its words; '' where it does, or none stood there. */
export function insteadWords(rollout: Rollout): Phrase {
  const { rollback } = rollout;
  const instead = rollback?.first ? undefined : rollback?.cause.instead;
  if (!rollback || !instead) return [];
  const said = `“${theirs(instead.said, 60)}”`;
  const to = exposureWords(rollout.plan, rollback.to);
  switch (instead.because) {
    case 'words_behind': {
      const again = typedSaid(
        'rollback',
        { plan: rollout.plan, phase: 'baking', run: rollout.run },
        `to ${instead.typed ?? instead.said}`,
      );
      return say`${said} was read as part of the reason. A place with words behind it is written with ${{ kind: 'code', text: 'to' }}: ${again}`;
    }
    case 'no_such_place':
      return say`${said} is no place of this plan and was read as the reason, so it goes to ${to}.`;
    case 'ambiguous':
      return say`${said} could be more than one place of this plan, so it goes to ${to}.`;
    case 'not_lower':
      return say`${said} is not lower than what users had, so it goes to ${to}.`;
    default:
      return instead.because satisfies never;
  }
}

/** When the way down was ordered, the first time where it was ordered more than once. */
export function firstOrderedAt({ first, orderedAt }: Rollback): Date {
  return first?.orderedAt ?? orderedAt;
}

/** `being read again until 14:12, because a raise was under way when it was ordered`; '' where no raise was. */
export function readUntilWords(rollout: Rollout): string {
  const until = readUntil(rollout);
  return until ? `being read again until ${clock(until)}, because a raise was under way when it was ordered` : '';
}

/** What is known of a raise that landed after it was taken back, or may have. */
export function lateWords({ plan }: Rollout, { exposure, seen }: NonNullable<Rollout['exposure']['late']>): string {
  const what = seen
    ? `${partWords(plan, exposure)} was read after it had been lowered`
    : `a raise to ${partWords(plan, exposure)} ended after it was over`;
  return `users may have it again: ${what}; lowering again`;
}

/** `Ordered again at 19:19:20, read back`: said of a rollback that had been read back; '' of any other. */
export function againWords({ first, orderedAt, confirmedAt }: Rollback, lowering: MessageContext['lowering']): string {
  if (!first) return '';
  const tries = confirmedAt ? '' : triesWords(lowering);
  const read = confirmedAt ? 'read back' : `not read back yet${tries === '' ? '' : ` (${tries})`}`;
  return `Ordered again at ${clockSeconds(orderedAt)}, ${read}`;
}

/** How it was done where it was not done plainly, and what is left in the targets; '' when there is nothing to tell. */
export function leftWords({ left }: Rollback): string {
  return left === undefined ? '' : `Not in the plain way: ${escapeText(left, 400)}`;
}

/** `3 tries: the flag table does not answer`; '' before the first try. */
export function triesWords(lowering: MessageContext['lowering']): string {
  if (!lowering || lowering.attempts === 0) return '';
  const tries = lowering.attempts === 1 ? '1 try' : `${lowering.attempts} tries`;
  const error = escapeText(lowering.lastError ?? '', 160);
  return error === '' ? tries : `${tries}: ${error}`;
}

/** `read back 1.4 s after the order (promise 30 s: kept)`. */
export function takenWords(rollout: Rollout, tookMs: number): string {
  const { withinMs } = rollout.plan.rollback;
  const kept = tookMs <= withinMs ? 'kept' : 'missed';
  const took = tookMs < 100 ? `less than ${duration(100)}` : duration(tookMs);
  return `read back ${took} after the order (promise ${duration(withinMs)}: ${kept})`;
}

/** Who got it and for how long: from the first breaching reading, or the order, to the read-back. */
export function impactWords(rollout: Rollout, rollback: Rollback, down: RollbackProgress): string {
  if (rollback.from <= (rollout.exposure.anchor ?? 0)) return 'no user got more than before';
  const since = rollback.cause.since ?? rollback.orderedAt;
  const share = partWords(rollout.plan, rollback.from);
  if (down.kind !== 'confirmed') return `up to ${share} since ${clock(since)}`;
  const end = firstOrderedAt(rollback).getTime() + down.tookMs;
  // A person's order is no measure of how long users had it; only a breach says since when it hurt.
  if (!rollback.cause.since) return `${share} until ${clock(new Date(end))}`;
  return `${share} for about ${duration(Math.round((end - since.getTime()) / 1_000) * 1_000)}`;
}
