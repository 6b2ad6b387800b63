import type { Plan } from '../rollout/plan/plan.js';

/** Stored JSON keeps times as ISO text under keys that say so; reading makes them times again. */
const TIME_KEY = /(At|Since|^since|^at|^notAfter|^notBefore)$/;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

type TimeKey = `${string}At` | `${string}Since` | 'since' | 'at' | 'notAfter' | 'notBefore';
/** The keys of times that would come back as text. A plan has no times, and is without end for the compiler. */
type Misnamed<T, Key = never> = T extends Plan
  ? never
  : T extends Date
    ? Exclude<Key, TimeKey>
    : T extends readonly (infer Each)[]
      ? Misnamed<Each, 'times in a list'>
      : T extends object
        ? { [K in keyof T & string]-?: Misnamed<T[K], K> }[keyof T & string]
        : never;

/** Parses what this program stored itself; the type is the writer's promise. A time under a key that does not say so does not compile. */
export function parseStored<T>(text: [Misnamed<T>] extends [never] ? string : Misnamed<T>): T {
  return JSON.parse(text, (key, value: unknown) =>
    typeof value === 'string' && TIME_KEY.test(key) && ISO.test(value) ? new Date(value) : value,
  ) as T;
}

/**
 * JSON as Postgres takes it. NUL and half a character, which JSON may hold and jsonb refuses, become U+FFFD: what a program or a
 * server said, cut off anywhere, must not keep a decision from being written.
 */
export function toStored(value: unknown): string {
  // Whole characters are written as they are, so what is escaped as a surrogate is half of one.
  return JSON.stringify(value).replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escaped) =>
    /^\\u(?:0000|d)/.test(escaped) ? '\ufffd' : escaped,
  );
}

/** The same of words alone. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}
