export interface Drain<T> {
  /**
   * Claims until nothing is due and resolves when what this call began has ended. Called while another call is claiming it
   * resolves at once, and that one looks once more.
   */
  run(): Promise<void>;
  /** Begins what was claimed elsewhere, whatever is under way already. */
  begin(claimed: readonly T[]): Promise<void>;
  /** Claims no more. */
  stop(): void;
}

export interface DrainOptions<T> {
  readonly claim: (limit: number) => Promise<readonly T[]>;
  /** Never rejects. */
  readonly work: (one: T) => Promise<void>;
  /** Claimed by one statement. */
  readonly batch: number;
  /** Under way at once, those not counted that take longer than `SLOW_MS`: what hangs keeps nothing else waiting. */
  readonly atOnce: number;
  /** Under way at once, those included. */
  readonly most: number;
}

const SLOW_MS = 1_000;
/** A slow one stops to count without an event. */
const LOOK_AGAIN_MS = 100;

/** Works off what is due with a bounded number under way, and one claim at a time however often it is called. */
export function createDrain<T>({ claim, work, batch, atOnce, most }: DrainOptions<T>): Drain<T> {
  const beganAt = new Map<T, number>();
  let claiming = false;
  let again = false;
  let stopped = false;
  let onEnd: (() => void) | undefined;

  function room(): number {
    const now = performance.now();
    let quick = 0;
    for (const at of beganAt.values()) if (now - at < SLOW_MS) quick += 1;
    return Math.min(atOnce - quick, most - beganAt.size);
  }

  /** Resolves when there may be room. */
  function ended(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_AGAIN_MS);
      onEnd = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function begin(claimed: readonly T[]): Promise<void> {
    await Promise.all(
      claimed.map(async (one) => {
        beganAt.set(one, performance.now());
        try {
          await work(one);
        } finally {
          beganAt.delete(one);
          onEnd?.();
        }
      }),
    );
  }

  async function claimAll(begun: Promise<void>[]): Promise<void> {
    while (!stopped) {
      const limit = Math.min(batch, room());
      if (limit <= 0) {
        await ended();
        continue;
      }
      again = false;
      const claimed = await claim(limit);
      begun.push(begin(claimed));
      if (claimed.length < limit && !again) return;
    }
  }

  return {
    begin,
    async run() {
      if (claiming) {
        again = true;
        return;
      }
      claiming = true;
      const begun: Promise<void>[] = [];
      try {
        await claimAll(begun);
      } finally {
        claiming = false;
        await Promise.all(begun);
      }
    },
    stop() {
      stopped = true;
    },
  };
}
