export interface BatchOptions<T> {
  /** Never rejects. */
  readonly write: (batch: readonly T[]) => Promise<void>;
  readonly most: number;
  /** Whether others may be added soon. Then the first waits for them, for `LINGER_MS` at most. */
  readonly moreToCome: () => boolean;
}

const LINGER_MS = 20;

/** Writes together what comes about the same time, one batch after another. Resolves when the one that was added was written. */
export function inBatches<T>({ write, most, moreToCome }: BatchOptions<T>): (one: T) => Promise<void> {
  let waiting: { readonly one: T; readonly done: () => void }[] = [];
  let writing = false;
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await write(batch.map(({ one }) => one));
      for (const { done } of batch) done();
    }
    writing = false;
  }

  return (one) =>
    new Promise((done) => {
      waiting.push({ one, done });
      if (waiting.length >= most || !moreToCome()) void flush();
      else timer ??= setTimeout(() => void flush(), LINGER_MS);
    });
}
