/** What the words behind `rollback` and `advance` come to. Two readings of one reader of places, with opposite doubts. */

import { isStage, type Place, samePlace, typedPlace } from '../plan/place.js';
import type { Plan } from '../plan/plan.js';
import { asks, type Caution, cautionIn } from '../spoken/cautions.js';
import { isPolite, type PlaceBehind, type PlaceRead, placesIn, readPlace } from '../spoken/read-place.js';
import type { Instead, Unclear } from '../spoken/unclear.js';
import { type Condition, type Refusal, refusal } from '../state/refusal.js';
import type { Rollout } from '../state/rollout.js';
import type { Verb } from '../state/verbs.js';

export interface RollbackWords {
  /** Null: where the plan says. */
  readonly to: Place | null;
  readonly reason: string;
  readonly instead?: Instead;
}

/** A rollback is never refused for its words: what is no clear place is the reason, and it goes where the plan says. */
export function readRollback(plan: Plan, text: string): RollbackWords {
  const read = readPlace(plan, text);
  const words = text.trim();
  switch (read.kind) {
    case 'none':
      return { to: null, reason: words, ...furtherOn(plan, words) };
    case 'unknown':
      return read.introduced || read.near.length > 0
        ? { to: null, reason: words, instead: { said: read.said, because: 'no_such_place' } }
        : { to: null, reason: words, ...furtherOn(plan, words) };
    case 'ambiguous':
      return { to: null, reason: words, instead: { said: read.said, because: 'ambiguous' } };
    case 'place': {
      const { place, said, rest, introduced, percentSign } = read;
      const typed = typedPlace(plan, place);
      // `rollback all` and `rollback fully` say how, not where.
      if (place.kind === 'percent' && place.exposure === 100 && !/\p{N}/u.test(said))
        return { to: null, reason: words };
      if (isPolite(rest)) return { to: place, reason: rest };
      // `to 3 customers` is no percentage; `to 3 % of the users` and `to wave-1` are places.
      const clear = place.kind !== 'percent' || percentSign || plan.stages.some((stage) => isStage(place, stage));
      // `up to 10 % errors` counts errors.
      if (introduced && clear && !/^\W*up\b/iu.test(words)) return { to: place, reason: rest };
      return { to: null, reason: words, instead: { said, typed, because: 'words_behind' } };
    }
    default:
      return read satisfies never;
  }
}

/** A place that stands further on in the words, behind `to`: it is not gone to, and that is said. */
function furtherOn(plan: Plan, words: string): Pick<RollbackWords, 'instead'> {
  const later = placesIn(plan, words).find(({ led }) => led);
  return later ? { instead: { said: later.said, typed: typedPlace(plan, later.place), because: 'words_behind' } } : {};
}

export type AdvanceWords =
  | { readonly to: Place | null; readonly reason: string }
  | { readonly to: null; readonly reason: string; readonly unclear: Unclear };

/** Whether this is where users are now. */
export function isAt({ plan, stage: { no: stageNo }, exposure: { confirmed } }: Rollout, place: Place): boolean {
  const stage = plan.stages[stageNo - 1];
  if (place.kind === 'percent') return place.exposure === confirmed;
  return stage !== undefined && place.kind === 'stage' && isStage(place, stage);
}

/** The refusal of words that are no order, by what was read in them. */
export function notUnderstood(read: Unclear, helps: Verb): Refusal {
  const words: Condition = { kind: 'words', ok: false, read };
  if (read.kind === 'place') return refusal('no_such_stage', [words], { helps });
  return refusal(read.kind === 'time' ? 'not_supported_yet' : 'bad_arguments', [words], { helps });
}

/** An advance goes to the place that was named, or to the next stage where none was; in doubt it goes nowhere. */
export function readAdvance(plan: Plan, text: string): AdvanceWords {
  const read = readPlace(plan, text);
  if (read.kind === 'unknown' || read.kind === 'ambiguous') {
    const near = read.kind === 'unknown' ? read.near : read.could;
    const kind = read.kind === 'unknown' ? 'place' : 'ambiguous';
    return { to: null, reason: text.trim(), unclear: { kind, said: read.said, near } };
  }
  const caution: Caution | null = asks(text) ? { kind: 'question', said: '?' } : cautionIn(read.rest);
  if (caution) return { to: null, reason: text.trim(), unclear: caution };
  return withPlacesBehind(plan, read);
}

/** More than one stage at once, which cannot be had. */
const SEVERAL =
  /^\W*(?:by |another |the next )?(?:two|three|four|five|both|\d{1,3})\s+(?:more\s+)?(?:stages|steps|waves)\b|^\W*twice\b/iu;

/** A place that stands further on counts as well: alone it is where to go, and beside another one it makes both unclear. */
function withPlacesBehind(plan: Plan, read: PlaceRead): AdvanceWords {
  const first: PlaceBehind[] =
    read.kind === 'place' ? [{ place: read.place, said: read.said, led: true, exact: true }] : [];
  const all = [...first, ...placesIn(plan, read.rest)];
  const other = all.find(({ place }) => place.kind !== 'next') ?? all[0];
  const vague = all.find(({ exact }) => !exact);
  const said = vague?.said ?? SEVERAL.exec(read.rest)?.[0].trim();
  if (said !== undefined) {
    const near = vague ? [typedPlace(plan, vague.place)] : [];
    return { to: null, reason: read.rest, unclear: { kind: 'place', said, near } };
  }
  if (!other) return { to: null, reason: read.rest };
  const differs = all.find(({ place }) => place.kind !== 'next' && !meansSame(plan, place, other.place));
  if (differs) {
    const near = [other, differs].map(({ place }) => typedPlace(plan, place));
    const said = `${other.said} … ${differs.said}`;
    return { to: null, reason: read.rest, unclear: { kind: 'ambiguous', said, near } };
  }
  return { to: other.place, reason: read.rest };
}

/** A stage and its own percentage are one place. */
function meansSame({ stages }: Plan, a: Place, b: Place): boolean {
  return samePlace(a, b) || stages.some((stage) => isStage(a, stage) && isStage(b, stage));
}
