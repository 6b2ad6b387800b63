/**
 * The one reader of places: what people type or paste where a rollback or an advance is to go. It says what stands at the
 * beginning of some words and which words are left; what follows from that is each verb's own rule.
 */

import { isNear } from '../plan/edit-distance.js';
import { LEAST_PERCENT } from '../plan/exposure.js';
import { type Place, samePlace, typedPlace } from '../plan/place.js';
import type { Plan, StagePlan } from '../plan/plan.js';
import {
  ARROWS,
  BESIDE,
  keyOf,
  NO_WAY,
  NOT_QUITE,
  NUMBERS,
  ON_THE_WAY,
  ORDINALS,
  PERCENT_WORDS,
  POLITE,
  PUNCTUATION,
  SOFT,
  STRONG,
  type Token,
  tokensOf,
  WHOM,
  WRAPPING,
} from './place-words.js';

/** The longest name of a place, in words. */
const MOST_TOKENS = 12;

/** What some words begin with. `said` is the place as typed, `rest` what stands behind it, `introduced` whether `to` or an arrow came before. */
export type PlaceRead = { readonly said: string; readonly rest: string; readonly introduced: boolean } & (
  | { readonly kind: 'place'; readonly place: Place; readonly percentSign: boolean }
  /** More than one place is called so. */
  | { readonly kind: 'ambiguous'; readonly could: readonly string[] }
  /** It looks like a place, but this plan has no such place; `near` are names it could be a slip of. */
  | { readonly kind: 'unknown'; readonly near: readonly string[] }
  /** It does not look like a place. `rest` is everything. */
  | { readonly kind: 'none' }
);

/** A place that was found, and how many tokens it takes from where it begins. */
interface Found {
  readonly place: Place;
  readonly until: number;
  readonly percentSign: boolean;
}

/** Reads the place at the beginning of some words. */
export function readPlace(plan: Plan, text: string): PlaceRead {
  const tokens = tokensOf(text);
  const first = tokens.findIndex(({ norm }) => !PUNCTUATION.test(norm));
  if (first < 0) return { kind: 'none', said: '', rest: text.trim(), introduced: false };
  const { at, introduced } = introduction(tokens, first);
  // `to 25` may be the name of a stage as well, `to-25`.
  const found = [...placesAt(plan, tokens, at, introduced), ...(introduced ? stagesAt(plan, tokens, first) : [])];
  const until = Math.max(0, ...found.map((one) => one.until));
  const longest = found.filter((one) => one.until === until);
  const cut = (end: number) => ({ said: saidIn(text, tokens, at, end), rest: restOf(text, tokens, end), introduced });
  const [one] = longest;
  if (one && isWhole(tokens, until)) {
    const different = distinct(longest);
    if (different.length > 1)
      return { kind: 'ambiguous', could: different.map((each) => typedPlace(plan, each)), ...cut(until) };
    return { kind: 'place', place: different[0] ?? one.place, percentSign: one.percentSign, ...cut(until) };
  }
  const look = looksLike(plan, tokens, at);
  // `back to normal` is how people say that all is well.
  if (look === null && (!introduced || tokens[at]?.norm === 'normal'))
    return { kind: 'none', said: '', rest: text.trim(), introduced };
  return { kind: 'unknown', near: look?.near ?? [], ...cut(look?.until ?? Math.min(tokens.length, at + 3)) };
}

/** A place further on. `led`: `to`, an arrow or nothing but small words stand before it; not `exact`: about, nearly, by or past it. */
export interface PlaceBehind {
  readonly place: Place;
  readonly said: string;
  readonly led: boolean;
  readonly exact: boolean;
}

/** Words that are looked through for a place; behind them is a pasted log. */
const MOST_LOOKED_AT = 60;
/** Words inside a web address are not a place. */
const ADDRESS = /\b[a-z]{2,10}:\/\/\S{1,4000}/giu;

/**
 * Places further on in some words: behind `to` or an arrow, behind nothing but small words, and at the end of a clause. A share
 * smaller than the first stage is somebody's measure (`errors down to 0.1 %`).
 */
export function placesIn(plan: Plan, text: string): PlaceBehind[] {
  const tokens = tokensOf(text.replace(ADDRESS, (address) => 'x'.repeat(address.length))).slice(0, MOST_LOOKED_AT);
  const lowest = plan.stages[0]?.exposure ?? 0;
  const places: PlaceBehind[] = [];
  let beside = true;
  for (let at = 0; at < tokens.length; at += 1) {
    const { norm = '' } = tokens[at] ?? {};
    const way =
      (norm === 'to' || (ARROWS.has(norm) && (beside || norm !== '='))) && !NO_WAY.has(tokens[at - 1]?.norm ?? '');
    const from = way ? at + 1 + (tokens[at + 1]?.norm === 'the' ? 1 : 0) : at;
    const found = placesAt(plan, tokens, from, way).filter(({ until }) => isWhole(tokens, until));
    const longest = Math.max(0, ...found.map(({ until }) => until));
    const digits = /\p{N}/u.test(saidIn(text, tokens, from, longest));
    const [place] = distinct(found.filter(({ until }) => until === longest));
    if (place && (way || isLast(tokens, longest)) && counts(plan, place, { lowest, digits, near: way || beside }))
      places.push({
        place,
        said: saidIn(text, tokens, from, longest),
        led: way || beside,
        exact: way || !NOT_QUITE.has(tokens[at - 1]?.norm ?? ''),
      });
    if (place) at = longest - 1;
    else if (!way && !PUNCTUATION.test(norm) && !BESIDE.has(norm) && !NOT_QUITE.has(norm)) beside = false;
  }
  return places;
}

function counts(
  { stages }: Plan,
  place: Place,
  { lowest, digits, near }: { lowest: number; digits: boolean; near: boolean },
): boolean {
  if (place.kind === 'percent')
    return place.exposure >= lowest && (near || (digits && stages.some(({ exposure }) => exposure === place.exposure)));
  return near || place.kind === 'stage';
}

/** Nothing but punctuation, haste and manners stand behind, or another clause. */
function isLast(tokens: readonly Token[], until: number): boolean {
  const behind = tokens[until];
  if (!behind || PUNCTUATION.test(behind.norm)) return true;
  return tokens.slice(until).every(({ norm }) => POLITE.has(norm) || PUNCTUATION.test(norm));
}

/** Whether some words are nothing but haste and manners. */
export function isPolite(text: string): boolean {
  return tokensOf(text).every(({ norm }) => POLITE.has(norm) || PUNCTUATION.test(norm));
}

/** Where the place begins: behind `to`, `back to`, `to the`, `→`, `=`. */
function introduction(tokens: readonly Token[], first: number): { at: number; introduced: boolean } {
  let at = first;
  while (ON_THE_WAY.has(tokens[at]?.norm ?? '')) at += 1;
  const norm = tokens[at]?.norm ?? '';
  if (norm !== 'to' && !ARROWS.has(norm)) return { at: first, introduced: false };
  at += 1;
  while (ARROWS.has(tokens[at]?.norm ?? '') || tokens[at]?.norm === ':' || tokens[at]?.norm === 'the') at += 1;
  return { at, introduced: true };
}

/** Every place that can be read from this token on, however long. */
function placesAt(plan: Plan, tokens: readonly Token[], at: number, introduced: boolean): Found[] {
  const numbers = percentAt(tokens, at);
  // With its sign a number is a percentage, and no stage's name.
  if (numbers?.percentSign)
    return [numbers, ...stagesAt(plan, tokens, at).filter(({ until }) => until > numbers.until)];
  return [...stagesAt(plan, tokens, at), ...wordsAt(tokens, at, introduced), ...(numbers ? [numbers] : [])];
}

function stagesAt(plan: Plan, tokens: readonly Token[], at: number): Found[] {
  const phrases = phrasesAt(tokens, at);
  return plan.stages.flatMap((stage) => {
    const names = namesOf(stage, plan);
    const { no, exposure } = stage;
    return phrases.flatMap(({ key, until }): Found[] =>
      names.includes(key) ? [{ place: { kind: 'stage', no, exposure }, until, percentSign: false }] : [],
    );
  });
}

/** What a stage is called, as keys: its name, its title, its number. */
function namesOf({ no, name, title }: StagePlan, { stages }: Plan): string[] {
  const own = [keyOf(name), keyOf(title)].filter((key) => key !== '');
  const numbered = [`stage${no}`, `step${no}`, `stageno${no}`, `stagenumber${no}`];
  const ordinals = [ORDINALS[no - 1], `${no}${['st', 'nd', 'rd'][no - 1] ?? 'th'}`].filter(
    (word) => word !== undefined,
  );
  const number = NUMBERS[no - 1];
  const counted = [
    ...ordinals.flatMap((ordinal) => [`${ordinal}stage`, `${ordinal}step`]),
    ...(number === undefined ? [] : [`stage${number}`, `step${number}`]),
  ];
  const last = no === stages.length ? ['laststage', 'finalstage'] : [];
  return [...own, ...own.flatMap((key) => [`stage${key}`, `${key}stage`]), ...numbered, ...counted, ...last];
}

function wordsAt(tokens: readonly Token[], at: number, introduced: boolean): Found[] {
  return phrasesAt(tokens, at).flatMap(({ key, until, ends }) => {
    const strong = STRONG.get(key);
    // `fifty percent` is one however it goes on.
    const counted = /^([a-z]+)(?:percent|pct)$/.exec(key)?.[1];
    const soft = introduced || ends || counted !== undefined ? SOFT.get(counted ?? key) : undefined;
    const place = strong ?? soft;
    return place ? [{ place, until: behindWhom(tokens, until), percentSign: counted !== undefined }] : [];
  });
}

/** Up to so many words from here on, each length once; `ends`: nothing but punctuation stands behind. */
function phrasesAt(tokens: readonly Token[], at: number): { key: string; until: number; ends: boolean }[] {
  const phrases: { key: string; until: number; ends: boolean }[] = [];
  let words = '';
  for (let until = at; until < Math.min(tokens.length, at + MOST_TOKENS); until += 1) {
    const { norm = '' } = tokens[until] ?? {};
    if (PUNCTUATION.test(norm) || ARROWS.has(norm)) break;
    // A sign before the first digit makes it something else.
    if (until === at && /^[^\p{L}\p{N}]/u.test(norm)) break;
    words += norm;
    phrases.push({ key: keyOf(words), until: until + 1, ends: isLast(tokens, until + 1) });
  }
  return phrases;
}

/** `12.50`, `12,5`, `50%`, `50 pct`, `50percent`, `%50`; undefined when no percentage from 0 to 100 stands here. */
function percentAt(tokens: readonly Token[], at: number): Found | undefined {
  const before = tokens[at]?.norm === '%' ? 1 : 0;
  const [, digits, unit] =
    /^(\d{1,3}(?:[.,]\d{1,6})?|[.,]\d{1,6})([a-z]+)?$/.exec(tokens[at + before]?.norm ?? '') ?? [];
  if (digits === undefined || (unit !== undefined && !PERCENT_WORDS.has(unit))) return undefined;
  const exposure = Number(digits.replace(',', '.'));
  // `1,000` and `1.000` are a thousand to some.
  if (/^[1-9]\d*[.,]\d{3}$/.test(digits) || exposure > 100 || (exposure > 0 && exposure < LEAST_PERCENT))
    return undefined;
  let until = at + before + 1;
  let percentSign = before === 1 || unit !== undefined;
  if (!percentSign && tokens[until]?.norm === 'per' && tokens[until + 1]?.norm === 'cent') {
    until += 2;
    percentSign = true;
  } else if (!percentSign && PERCENT_WORDS.has(tokens[until]?.norm ?? '')) {
    until += 1;
    percentSign = true;
  }
  return { place: { kind: 'percent', exposure }, until: percentSign ? behindWhom(tokens, until) : until, percentSign };
}

/** `of the users` behind a share belongs to it. */
function behindWhom(tokens: readonly Token[], until: number): number {
  if (tokens[until]?.norm !== 'of') return until;
  let at = until + 1;
  while (['the', 'all', 'our', 'your'].includes(tokens[at]?.norm ?? '')) at += 1;
  return WHOM.has(tokens[at]?.norm ?? '') ? at + 1 : until;
}

/** Nothing is joined to its end: `50%-75%` is not 50 %. */
function isWhole(tokens: readonly Token[], until: number): boolean {
  const last = tokens[until - 1];
  const behind = tokens[until];
  return !behind || !last || behind.start > last.end || /^[,;:!?.…]/u.test(behind.norm);
}

/** The longest readings, each place once; of a stage and its own percentage, the stage. */
function distinct(found: readonly Found[]): Place[] {
  const stages = found.flatMap(({ place }) => (place.kind === 'stage' ? [place] : []));
  const places: Place[] = [];
  for (const { place } of found) {
    if (place.kind === 'percent' && stages.some(({ exposure }) => exposure === place.exposure)) continue;
    if (!places.some((known) => samePlace(known, place))) places.push(place);
  }
  return places;
}

/** Numbers, slips of a name, and one of a family of names (`wave-9`, `wave`): no place, and not to be taken for words either. */
function looksLike(plan: Plan, tokens: readonly Token[], at: number): { near: string[]; until: number } | null {
  const { norm = '' } = tokens[at] ?? {};
  const names = plan.stages.map(({ name }) => name);
  const sign = norm === '%' || /^[^\p{L}\p{N}]*\d/u.test(norm);
  if (sign) return { near: [], until: joinedUntil(tokens, at) };
  const family = /^\p{L}+/u.exec(norm)?.[0] ?? '';
  const behind = /^\d/.test(tokens[at + 1]?.norm ?? '');
  if (['stage', 'step', 'phase', 'level', 'ring', 'tier'].includes(family) && (behind || /\d/.test(norm))) {
    return { near: names, until: at + (behind ? 2 : 1) };
  }
  const kin = names.filter((name) => new RegExp(`^${family}[-_. ]?\\d`, 'iu').test(name));
  const numbered = behind || /^\p{L}+[-_.]?\d+$/u.test(norm);
  if (family !== '' && kin.length > 0 && (numbered || norm === family)) {
    return { near: kin, until: at + (behind && norm === family ? 2 : 1) };
  }
  const key = keyOf(norm);
  const known = [...plan.stages.flatMap(({ name, title }) => [name, title]), 'everyone', 'half', 'previous', 'quarter'];
  const near = known.filter((name) => {
    const other = keyOf(name);
    return key.length >= 4 && (isNear(key, other) || (key.length >= 5 && other.startsWith(key)));
  });
  return near.length > 0 ? { near: [...new Set(near)], until: at + 1 } : null;
}

function joinedUntil(tokens: readonly Token[], at: number): number {
  let until = at + 1;
  while (
    tokens[until] &&
    tokens[until]?.start === tokens[until - 1]?.end &&
    !PUNCTUATION.test(tokens[until]?.norm ?? '')
  )
    until += 1;
  return until;
}

function saidIn(text: string, tokens: readonly Token[], at: number, until: number): string {
  const [first, last] = [tokens[at], tokens[until - 1]];
  if (!first || !last || until <= at) return '';
  return text.slice(first.start, last.end).replace(WRAPPING, '').trim();
}

/** The words behind, without the punctuation and quotes that part them from the place. */
function restOf(text: string, tokens: readonly Token[], until: number): string {
  const end = tokens[until - 1]?.end ?? 0;
  return text
    .slice(end)
    .replace(/^[\p{Cf}\s"'`´“”‘’»)*_~]*[,;:!?.…\u2010-\u2015-]*\s*/u, '')
    .trim();
}
