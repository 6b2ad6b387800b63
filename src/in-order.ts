/** Runs a job of this key after those before it; one that is `first` overtakes all that are not and have not begun. */
export type InOrder<K> = <T>(key: K, job: () => Promise<T>, first: boolean) => Promise<T>;

interface Waiting {
  readonly first: boolean;
  begin(): Promise<void>;
}

/** One job of a key at a time, those of different keys side by side: writers of one rollout do not race in one process. */
export function createInOrder<K>(): InOrder<K> {
  const lines = new Map<K, Waiting[]>();

  async function work(key: K, line: Waiting[]): Promise<void> {
    for (let next = takeNext(line); next; next = takeNext(line)) await next.begin();
    lines.delete(key);
  }

  return (key, job, first) =>
    new Promise((resolve, reject) => {
      const waiting: Waiting = { first, begin: () => job().then(resolve, reject) };
      const line = lines.get(key);
      if (line) {
        line.push(waiting);
        return;
      }
      const begun = [waiting];
      lines.set(key, begun);
      void work(key, begun);
    });
}

function takeNext(line: Waiting[]): Waiting | undefined {
  const at = line.findIndex(({ first }) => first);
  return line.splice(Math.max(0, at), 1)[0];
}
