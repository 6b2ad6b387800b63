import type { Plan } from '../rollout/plan/plan.js';

/** Stored JSON keeps times as ISO text under keys that say so; reading makes them times again. */
const TIME_KEY = /(At|Since|^since|^at|^notAfter|^notBefore)$/;
const ISO_CHARS = 24;
const ANY_TIME = /"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z"/;
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
  const value: unknown = JSON.parse(text);
  // Most of what is read often, plans above all, has no time in it. A reviver would cost ten times as much as the parsing.
  if (ANY_TIME.test(text)) withTimes(value);
  return value as T;
}

/** Times in place of their text, in whatever was just parsed. */
function withTimes(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) withTimes(each);
    return;
  }
  const parsed = value as Record<string, unknown>;
  for (const key of Object.keys(parsed)) {
    const each = parsed[key];
    if (typeof each !== 'string') withTimes(each);
    else if (each.length === ISO_CHARS && TIME_KEY.test(key) && ISO.test(each)) parsed[key] = new Date(each);
  }
}

/** So many texts are kept with what they were parsed to. */
const MOST_KEPT = 32;
const kept = new Map<string, unknown>();

/** The same of what is read over and over and never changes, such as a plan: parsed once for each text. Nobody may change it. */
export function parseOnce<T>(text: [Misnamed<T>] extends [never] ? string : Misnamed<T>): T {
  const known = kept.get(text);
  if (known !== undefined) {
    // The one that was used last goes last.
    kept.delete(text);
    kept.set(text, known);
    return known as T;
  }
  const parsed = parseStored<T>(text);
  kept.set(text, parsed);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return parsed;
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
