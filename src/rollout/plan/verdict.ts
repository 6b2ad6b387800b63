import { ACTS, POSTS } from './acts.js';
import type { Act, Limit, PlannedLimit, PlannedLimits } from './plan.js';
import { canonicalText } from './same-value.js';

/** Health in four answers. Unknown is neither healthy nor a breach. */
export type Verdict = 'pass' | 'warning' | 'unknown' | 'critical';
/** What a reading that gave a number says. */
export type Level = 'pass' | 'warning' | 'critical';

const ORDER: Readonly<Record<Verdict, number>> = { pass: 0, warning: 1, unknown: 2, critical: 3 };

export function isWorse(a: Verdict, than: Verdict): boolean {
  return ORDER[a] > ORDER[than];
}

/** The worst of several; nothing at all is unknown, never pass. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.length === 0 ? 'unknown' : verdicts.reduce((a, b) => (isWorse(b, a) ? b : a));
}

/** On which side of its number a limit is broken, and whether the number itself breaks it. */
export const OPERATORS = {
  above: { floor: false, inclusive: false },
  below: { floor: true, inclusive: false },
  at_least: { floor: false, inclusive: true },
  at_most: { floor: true, inclusive: true },
} as const satisfies Record<Limit['op'], { readonly floor: boolean; readonly inclusive: boolean }>;

/** A low number is the bad one. */
export function isFloor({ op }: Pick<Limit, 'op'>): boolean {
  return OPERATORS[op].floor;
}

export function isInclusive({ op }: Pick<Limit, 'op'>): boolean {
  return OPERATORS[op].inclusive;
}

export function breaks(limit: Pick<Limit, 'op' | 'value'>, value: number): boolean {
  switch (limit.op) {
    case 'above':
      return value > limit.value;
    case 'below':
      return value < limit.value;
    case 'at_least':
      return value >= limit.value;
    case 'at_most':
      return value <= limit.value;
    default:
      return limit.op satisfies never;
  }
}

/** A limit that holds now, with what it does. Where its number is not known yet it is shown as it was planned. */
export interface LimitInForce<L extends PlannedLimit = Limit> {
  readonly level: Exclude<Level, 'pass'>;
  readonly limit: L;
  readonly act: Act;
}

/** The limits of a check that hold now, every one with its number. */
export type LimitsInForce = { readonly [K in keyof PlannedLimits]: K extends 'others' ? readonly Limit[] : Limit };

/** Every limit of a check with what it does, the named ones first. */
export function rulesOf({ warning, critical, others = [] }: LimitsInForce): LimitInForce[] {
  const rules: LimitInForce[] = [];
  const add = (limit: Limit, level: LimitInForce['level'], act: Act) => rules.push({ level, limit, act });
  if (warning) add(warning, 'warning', warning.act ?? POSTS);
  if (critical) add(critical, 'critical', critical.act ?? { kind: 'rollback' });
  for (const limit of others) {
    const act = limit.act ?? POSTS;
    add(limit, ACTS[act.kind].level, act);
  }
  return rules;
}

/**
 * The name under which its memory is kept: by what it says, not by its place: others before it may not hold yet, and another stage's may be another limit. One that follows
 * a measurement is another limit once that is measured again: numbers before were held against another one.
 */
export function memoryKey({ level, limit, act }: LimitInForce): string {
  const { op, value, than, forMs, fail } = limit;
  return canonicalText([level, op, than ?? null, value, forMs ?? null, fail ?? null, act]);
}

/** A limit and what it does, as far as it is another one than others of its check. */
export function limitKey({ limit, act }: Pick<LimitInForce, 'limit' | 'act'>): string {
  const { op, value, than, forMs, fail } = limit;
  return canonicalText([op, than ?? value, forMs ?? null, fail ?? null, act]);
}

/** Of limits that are broken, the one that is furthest from fine; of those that look at different sides, the last. */
export function furthest<T extends { readonly limit: Limit }>(broken: readonly T[]): T | undefined {
  return broken.reduce<T | undefined>((worst, one) => {
    if (!worst || isFloor(worst.limit) !== isFloor(one.limit)) return one;
    const further = isFloor(one.limit) ? one.limit.value <= worst.limit.value : one.limit.value >= worst.limit.value;
    return further ? one : worst;
  }, undefined);
}

/** The worst level of these rules. */
export function levelOfRules(rules: readonly LimitInForce[]): Level {
  if (rules.some(({ level }) => level === 'critical')) return 'critical';
  return rules.length > 0 ? 'warning' : 'pass';
}

/** Compares one finite number with the limits of a check. */
export function levelOf(check: LimitsInForce, value: number): Level {
  return levelOfRules(rulesOf(check).filter(({ limit }) => breaks(limit, value)));
}
