/** Connections that nobody uses at the moment, kept for the next call: a bounded number, for a bounded time. */

export interface Closable {
  /** Ends it. Called once it was on a shelf too long, or when there are too many. */
  close(): void;
}

export interface ShelfOptions {
  /** How many are kept over all keys; the one that was there longest gives way. */
  readonly most: number;
  /** How many for one key. */
  readonly mostEach: number;
  readonly idleMs: number;
}

interface Entry<T> {
  readonly key: unknown;
  readonly item: T;
  readonly timer: NodeJS.Timeout;
}

export class Shelf<T extends Closable> {
  readonly #options: ShelfOptions;
  /** Oldest first. */
  #entries: Entry<T>[] = [];

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.length;
  }

  put(key: unknown, item: T): void {
    const { most, mostEach, idleMs } = this.#options;
    const timer = setTimeout(() => this.drop(item), idleMs);
    // What is kept never keeps the process alive.
    timer.unref();
    this.#entries.push({ key, item, timer });
    const same = this.#entries.filter((entry) => entry.key === key);
    const tooMany = [...same.slice(0, -mostEach), ...this.#entries.slice(0, -most)];
    for (const { item: old } of tooMany) this.drop(old);
  }

  /** The one that was used last, of those that fit; those that do not are ended. It is the caller's from then on. */
  take(key: unknown, fits: (item: T) => boolean): T | undefined {
    for (const { item } of this.#entries.filter((entry) => entry.key === key).reverse()) {
      if (fits(item)) {
        this.#remove(item);
        return item;
      }
      this.drop(item);
    }
    return undefined;
  }

  /** Ends it if it is here. */
  drop(item: T): void {
    if (this.#remove(item)) item.close();
  }

  /** Ends all of this key, or all there are. */
  clear(key?: unknown): void {
    for (const entry of [...this.#entries]) if (key === undefined || entry.key === key) this.drop(entry.item);
  }

  #remove(item: T): boolean {
    const entry = this.#entries.find((one) => one.item === item);
    if (!entry) return false;
    clearTimeout(entry.timer);
    this.#entries = this.#entries.filter((one) => one !== entry);
    return true;
  }
}
