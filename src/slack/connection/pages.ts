/** Reads lists that come in pages, and goes on where it was when Slack asked to wait in the middle. */
import { createTurns } from './turns.js';

/** One page; `next` is the cursor to the one after, '' after the last. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next: string;
}

type ReadPage<T> = (key: string, cursor: string) => Promise<Page<T>>;

/** A cursor is good for this long. */
const CURSOR_MS = 600_000;
/** How long the entries of a list are believed. An entry that is missing may have been added since. */
const LISTED_MS = 60_000;

interface Begun<T> {
  readonly items: T[];
  cursor: string;
  over: boolean;
  readonly at: number;
}

function begin<T>(): Begun<T> {
  return { items: [], cursor: '', over: false, at: performance.now() };
}

async function readOn<T>(begun: Begun<T>, key: string, read: ReadPage<T>): Promise<void> {
  const { items, next } = await read(key, begun.cursor);
  begun.items.push(...items);
  begun.cursor = next;
  begun.over = next === '';
}

/** Whole lists, by key. */
export function createPages<T>(read: ReadPage<T>) {
  const broken = new Map<string, Begun<T>>();
  return {
    async all(key: string): Promise<T[]> {
      const before = broken.get(key);
      const begun = before && performance.now() - before.at < CURSOR_MS ? before : begin<T>();
      broken.set(key, begun);
      while (!begun.over) await readOn(begun, key, read);
      broken.delete(key);
      return begun.items;
    },
  };
}

/** Single things of a list, by name; it is read only as far as needed, and once for several names. */
export function createListing<T extends { readonly name: string }>(read: ReadPage<T>) {
  const inTurn = createTurns();
  const lists = new Map<string, Begun<T>>();

  function listFor(key: string, name: string, again: boolean): Begun<T> {
    const list = lists.get(key);
    const found = list?.items.some((item) => item.name === name) ?? false;
    const goodForMs = list?.over ? (found ? LISTED_MS : 0) : CURSOR_MS;
    if (list && !again && performance.now() - list.at < goodForMs) return list;
    const fresh = begin<T>();
    lists.set(key, fresh);
    return fresh;
  }

  return {
    /** Null: no channel has this name. `again`: what was read before turned out to be wrong. */
    find: (key: string, name: string, { again = false } = {}): Promise<T | null> =>
      inTurn(key, async () => {
        const list = listFor(key, name, again);
        for (;;) {
          const found = list.items.find((item) => item.name === name);
          if (found) return found;
          if (list.over) return null;
          await readOn(list, key, read);
        }
      }),
  };
}
