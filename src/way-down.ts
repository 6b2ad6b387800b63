/** In this process: what takes users to safety goes before what is said about it. */
export interface WayDown {
  /** What waits by `free` lets this go first. */
  first<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing that goes first is under way, after a second at the latest: a lowering that hangs silences nobody. */
  free(): Promise<void>;
}

const MOST_MS = 1_000;

export function createWayDown(): WayDown {
  let underWay = 0;
  let waiting: (() => void)[] = [];

  return {
    async first(work) {
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
        if (underWay === 0) {
          for (const go of waiting) go();
          waiting = [];
        }
      }
    },
    async free() {
      if (underWay === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, MOST_MS);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}
