/** How limits are written: conditions, patience, and what a broken one does. */
import { z } from 'zod';
import { isActKind } from '../../rollout/plan/acts.js';
import type { Act, Limit, Reference } from '../../rollout/plan/plan.js';
import { parseDuration } from './duration.js';
import { duration, listOf, read } from './forms.js';

const BOUND =
  'a number, or one reckoned from a measurement such as "baseline * 1.5", "baseline + 50%" or "stage:wave-1 + 5"';
const ACT = 'post, hold, rollback, disable, or rollback to off, previous, a percentage or a stage';
const FAIL = 'so many of the last readings, such as 3 of 5 (at most 100)';
const MOST_READINGS = 100;
const DAY = 24 * 3_600_000;

const RELATIVE = /^(?:(baseline)|stage:\s*([a-z0-9][a-z0-9-]{0,59}))(?:\s*([*+-])\s*(\d{1,12}(?:\.\d{1,9})?)\s*(%)?)?$/;

/** `baseline * 1.5`, `baseline + 50%`, `stage:wave-1 + 5`; undefined when it is none of these. */
export function parseReference(text: string): Reference | undefined {
  const [whole, baseline, stage = '', sign, digits, percent] = RELATIVE.exec(text.trim()) ?? [];
  if (whole === undefined || (sign === '*' && percent !== undefined)) return undefined;
  const of = baseline === undefined ? ({ kind: 'stage', stage } as const) : ({ kind: 'baseline' } as const);
  const amount = (sign === '-' ? -1 : 1) * Number(digits ?? 0);
  const times = sign === '*' ? amount : percent === undefined ? 1 : 1 + amount / 100;
  // A limit of zero times something, or less, compares with nothing.
  if (times <= 0) return undefined;
  if (percent !== undefined) return { of, times, plus: 0, percent: true };
  return { of, times, plus: sign === '*' ? 0 : amount };
}

/** What a broken limit does, as it is written; `to` may be the name of a stage. */
export type WrittenAct =
  | { readonly kind: Exclude<Act['kind'], 'rollback'> }
  | { readonly kind: 'rollback'; readonly to?: string };

export function parseAct(text: string): WrittenAct | undefined {
  if (isActKind(text)) return { kind: text };
  const to = /^rollback\s+to\s+([a-z0-9][a-z0-9.-]{0,59})\s*%?$/.exec(text)?.[1];
  return to === undefined ? undefined : { kind: 'rollback', to };
}

export function parseFail(text: string): NonNullable<Limit['fail']> | undefined {
  const [, count, of] = /^(\d{1,3})\s+of\s+(\d{1,3})$/.exec(text) ?? [];
  const fail = { count: Number(count), of: Number(of) };
  return fail.count >= 1 && fail.count <= fail.of && fail.of <= MOST_READINGS ? fail : undefined;
}

/** `15m for 1h`, or `1h` until the end. */
function parseRhythm(text: string): { everyMs: number; forMs?: number } | undefined {
  const [every = '', lasts, ...more] = text.split(/\sfor\s/);
  if (more.length > 0) return undefined;
  const everyMs = parseDuration(every);
  const forMs = lasts === undefined ? undefined : parseDuration(lasts);
  if (everyMs === undefined || (lasts !== undefined && (forMs === undefined || forMs < everyMs))) return undefined;
  return forMs === undefined ? { everyMs } : { everyMs, forMs };
}

const bound = z.union([z.number(BOUND), read(BOUND, parseReference)], BOUND);

/** The same as it is written, for what is read where no output of the schema is at hand. */
export const boundText = z.union(
  [z.number(BOUND), z.string(BOUND).refine((text) => parseReference(text) !== undefined, BOUND)],
  BOUND,
);

const BOUNDS = {
  above: bound.optional(),
  below: bound.optional(),
  at_least: bound.optional(),
  at_most: bound.optional(),
} satisfies Record<Limit['op'], unknown>;

export const limit = z.strictObject(
  {
    ...BOUNDS,
    do: read(ACT, parseAct).optional(),
    for: duration(DAY, '24h').optional(),
    fail: read(FAIL, parseFail).optional(),
  },
  'a mapping with one of above, below, at_least, at_most',
);

/** A limit as a plan file has it, its texts read. */
export type WrittenLimit = z.output<typeof limit>;

export const limits = listOf('limits', limit, 10);

const NONE = 'a limit, or none to leave it out in this stage';
const limitOrNone = z.union([z.literal('none'), limit], NONE).optional();

/** What a stage changes in a check. */
export const override = z.strictObject(
  {
    warning: limitOrNone,
    critical: limitOrNone,
    limits: z
      .union([z.literal('none'), limits], 'a list of limits, or none to leave them out in this stage')
      .optional(),
  },
  'a mapping with warning, critical or limits',
);
export type WrittenOverride = z.output<typeof override>;

const RHYTHM = 'a rhythm such as 1h, or 15m for 1h with others after it';
const rhythm = read(RHYTHM, parseRhythm);
const RHYTHMS = 'rhythms, each but the last one for a time, such as [15m for 1h, 1h]';
/** One without an end would leave those after it nothing. */
const ends = (list: readonly { forMs?: number }[]) => list.slice(0, -1).every(({ forMs }) => forMs !== undefined);
export const reportEvery = z.union(
  [rhythm.transform((only) => [only]), listOf('rhythms', rhythm, 10).refine(ends, RHYTHMS)],
  `${RHYTHM}, or a list of them`,
);
