/** Means over time: readings come faster after a raise and after a bad number, and weigh no more for it. */

/** The numbers of a while, each for as long as it stands for. */
export interface Mean {
  readonly count: number;
  /** The time they stand for, ms. */
  readonly ms: number;
  /** The sum of number × ms. */
  readonly total: number;
}

/** The mean with one more number, which stands for `ms`. */
export function addedTo(mean: Mean | undefined, value: number, ms: number): Mean {
  return { count: (mean?.count ?? 0) + 1, ms: (mean?.ms ?? 0) + ms, total: (mean?.total ?? 0) + value * ms };
}

/** Null where there is none yet. */
export function meanOf(mean: Mean | undefined): number | null {
  if (!mean || mean.ms <= 0) return null;
  const value = mean.total / mean.ms;
  return Number.isFinite(value) ? value : null;
}
