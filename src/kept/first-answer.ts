/** How long a kept connection may be silent before a new one is opened beside it, in ms. */
export interface SilenceLimits {
  readonly least: number;
  /** Where the last call over it took long. */
  readonly most: number;
}

/** For targets: with the time to connect, a connection that is dead delays a lowering by less than a second, however slow the last call was. */
export const TARGET_PATIENCE: SilenceLimits = { least: 300, most: 700 };

/** How long an answer is waited for over a connection whose last call took this long: slow is not lost, and gets no second call. */
export function patienceMs(lastTookMs: number, { least, most }: SilenceLimits): number {
  return Math.max(least, Math.min(most, 2 * lastTookMs));
}

export interface TwoWays<T> {
  /** Over the kept connection. Its signal aborts when the other way was first. */
  readonly kept: (signal: AbortSignal) => Promise<T>;
  /** Over a new connection. */
  readonly fresh: (signal: AbortSignal) => Promise<T>;
  /** True for an error that says the connection is no good: then the new one is asked at once. */
  readonly isLost: (error: unknown) => boolean;
  readonly afterMs: number;
}

/**
 * The first answer of two ways. Both may carry out what is asked, so it is for what may happen twice: readings, and
 * lowerings that never raise. Where neither answers, the error is that of the new connection.
 */
export async function firstAnswer<T>({ kept, fresh, isLost, afterMs }: TwoWays<T>, caller: AbortSignal): Promise<T> {
  const ends = { kept: new AbortController(), fresh: new AbortController() };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), afterMs);
  });
  const first = kept(AbortSignal.any([caller, ends.kept.signal])).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  try {
    const early = await Promise.race([first, late]);
    if (early !== 'late') {
      if ('answer' in early) return early.answer;
      if (caller.aborted || !isLost(early.error)) throw early.error;
    }
    const second = fresh(AbortSignal.any([caller, ends.fresh.signal]));
    const over = first.then((end) => ('answer' in end ? end.answer : second));
    return await Promise.race([over, second.catch(() => first.then((end) => ('answer' in end ? end.answer : second)))]);
  } finally {
    clearTimeout(timer);
    // What was not first is given up, so that nothing of it happens later.
    ends.kept.abort();
    ends.fresh.abort();
  }
}
