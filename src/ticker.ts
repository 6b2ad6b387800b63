/** How long ago, ms, by a clock that nobody sets. */
export interface TickAges {
  /** Since the timer last fired, or since it was made. */
  readonly firedMs: number;
  /** Since a tick last ended; null: none has yet. */
  readonly finishedMs: number | null;
}

export interface Ticker {
  start(tick: () => Promise<unknown>): void;
  stop(): void;
  ages(): TickAges;
}

/** What of Node the ticker needs, so that a test can be in charge of time. */
export interface Timers {
  /** Monotonic, ms: never set, the same in every zone. */
  readonly now: () => number;
  readonly after: (ms: number, fire: () => void) => () => void;
}

const NODE: Timers = {
  now: () => performance.now(),
  after(ms, fire) {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Fires every `everyMs` and waits for no tick to end. It hangs on no calendar: neither a zone that changes its clocks nor a
 * machine whose clock is set holds it up. What a blocked process missed is not made up; the beat stays where it was.
 */
export function createTicker(everyMs: number, timers: Timers = NODE): Ticker {
  let firedAt = timers.now();
  let finishedAt: number | null = null;
  let cancel: (() => void) | undefined;

  function schedule(due: number, tick: () => Promise<unknown>): void {
    cancel = timers.after(Math.max(1, due - timers.now()), () => {
      firedAt = timers.now();
      // Before the tick: whatever it throws, the next one comes.
      schedule(nextBeat(due, firedAt, everyMs), tick);
      void ended(tick);
    });
  }

  async function ended(tick: () => Promise<unknown>): Promise<void> {
    await tick();
    finishedAt = timers.now();
  }

  return {
    start(tick) {
      cancel?.();
      firedAt = timers.now();
      // The first at once: what a process before this one left is not left any longer.
      schedule(firedAt, tick);
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
    ages: () => ({
      firedMs: timers.now() - firedAt,
      finishedMs: finishedAt === null ? null : timers.now() - finishedAt,
    }),
  };
}

/** The first beat after `now`, on the same beat as the one that was due. */
export function nextBeat(due: number, now: number, everyMs: number): number {
  return due + everyMs * (Math.floor(Math.max(0, now - due) / everyMs) + 1);
}
