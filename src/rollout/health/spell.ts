/** Trouble that comes and goes: numbers over a limit that does not count yet, or no numbers. */

export interface Spell {
  readonly since: Date;
  /** When it was seen last. */
  readonly lastAt: Date;
  /** How often it came since then. */
  readonly times: number;
}

/** So long, and people are told. */
const TOLD_AFTER_MS = 5 * 60_000;

interface At {
  readonly now: Date;
  /** When the reading before was taken. */
  readonly readAt: Date | null;
  /** How long nothing may be seen of it until it is over, ms. */
  readonly quietMs: number;
}

/** The spell after one more reading. */
export function nextSpell(before: Spell | undefined, seen: boolean, { now, readAt, quietMs }: At): Spell | undefined {
  const goesOn = before && now.getTime() - before.lastAt.getTime() <= quietMs ? before : undefined;
  if (!seen) return goesOn;
  if (!goesOn) return { since: now, lastAt: now, times: 1 };
  const again = readAt !== null && readAt > goesOn.lastAt;
  return { since: goesOn.since, lastAt: now, times: goesOn.times + (again ? 1 : 0) };
}

/** It is there now, or was a moment ago and has come back before. */
export function goesOn(spell: Spell | undefined, readAt: Date | null): boolean {
  return spell !== undefined && (spell.times > 1 || isNow(spell, readAt));
}

/** It has gone on for so long that people have to know. */
export function lastsLong(spell: Spell | undefined, readAt: Date | null): boolean {
  return spell !== undefined && goesOn(spell, readAt) && lastedMs(spell) >= TOLD_AFTER_MS;
}

function lastedMs({ since, lastAt }: Spell): number {
  return lastAt.getTime() - since.getTime();
}

/** How long nothing may be seen of it until it is over, ms. */
export function quietMs(windowMs: number, everyMs: number): number {
  // A slow rhythm sees it seldom: two looks have to be fine.
  return Math.max(TOLD_AFTER_MS, windowMs, 2 * everyMs);
}

/** It was there at the last reading. */
export function isNow({ lastAt }: Spell, readAt: Date | null): boolean {
  return readAt !== null && lastAt >= readAt;
}

/** Spells that come back, each too short to be told for itself. */
export interface ShortSpells {
  readonly since: Date;
  readonly lastAt: Date;
  readonly times: number;
}

/** So often, and people are told all the same. */
const TOLD_TIMES = 3;
/** After so many quiet times nothing is left of it. */
const FORGOTTEN_AFTER = 6;

/** The spells of a check so far, with the one there is now. */
export function nextShortSpells(
  before: ShortSpells | undefined,
  spell: Spell | undefined,
  { now, quietMs }: Pick<At, 'now' | 'quietMs'>,
): ShortSpells | undefined {
  const known = before && now.getTime() - before.lastAt.getTime() <= FORGOTTEN_AFTER * quietMs ? before : undefined;
  if (!spell || spell.lastAt < now) return known;
  const began = spell.since.getTime() === now.getTime();
  return { since: known?.since ?? spell.since, lastAt: now, times: (known?.times ?? 0) + (began || !known ? 1 : 0) };
}

/** It comes back so often that people have to know, however short each time is. */
export function comesBack(shortSpells: ShortSpells | undefined): boolean {
  return shortSpells !== undefined && shortSpells.times >= TOLD_TIMES;
}
