/** Words for percentages, places and people, and the signs between them. */
import type { Place } from './place.js';

/** One word of a text or one sign, in its plain form, with where it stands. */
export interface Token {
  readonly norm: string;
  readonly start: number;
  readonly end: number;
}

/** Words, with `%`, arrows, `=` and punctuation as tokens of their own; a comma, colon or point between digits stays in its word. */
const TOKENS =
  /->|=>|[→⇒➔➜➡=%％﹪＝]|[,;:!?…，；：！？]+|(?:(?!->|=>)[^\s→⇒➔➜➡=%％﹪＝,;:!?…，；：！？]|(?<=\p{N})[,:，](?=\p{N}))+/gu;
/** Quotes, brackets and stars around a word. */
export const WRAPPING = /^[\p{Cf}"'`´“”„‘’«»()[\]{}*_]+|[\p{Cf}"'`´“”„‘’«»()[\]{}*_.\u3002]+$/gu;
export const PUNCTUATION = /^[,;:!?.…\u2010-\u2015-]+$/u;
/** A place stands at the beginning; a pasted log behind it is not looked through. */
const MOST_CHARS = 600;

export const ARROWS: ReadonlySet<string> = new Set(['->', '=>', '→', '⇒', '➔', '➜', '➡', '=']);
/** What may stand before `to`. */
export const ON_THE_WAY = wordSet('back down up go straight over on it');
export const PERCENT_WORDS = wordSet('% percent pct perc prozent procent percents');
/** Whose share it is, behind `of`. */
export const WHOM = wordSet(
  'users user customers people traffic requests tenants them everyone production population sessions accounts visitors workspaces teams',
);
export const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');

const percent = (exposure: number): Place => ({ kind: 'percent', exposure });
const OFF: Place = { kind: 'off' };
const PREVIOUS: Place = { kind: 'previous' };
const NEXT: Place = { kind: 'next' };

/** Names, as keys, that are a place also when words stand behind them. */
export const STRONG = namesOfPlaces(
  [OFF, 'off switchedoff disabled'],
  [PREVIOUS, 'previous prev previousstage prevstage previousone previousstep stagebefore onestageback onestepback'],
  [NEXT, 'nextstage nextstep nextone'],
  [
    percent(100),
    'everyone everybody allusers allcustomers allpeople alltraffic allrequests alltenants allofthem allofus',
  ],
  [
    percent(50),
    'half halftheusers halfthecustomers halftheteams halfthetenants halfthetraffic halfourusers halfourcustomers',
  ],
  [percent(25), 'quarter aquarter'],
  [percent(75), 'threequarters'],
  [percent(100 / 3), 'athird onethird'],
);
/** Names that begin many a reason too (`all good`): a place only where nothing but punctuation follows, or behind `to`. */
export const SOFT = namesOfPlaces(
  [OFF, 'zero none nobody noone nothing'],
  [NEXT, 'next'],
  [percent(100), 'all full fully on fullrollout fulltraffic fullexposure max maximum hundred ahundred onehundred'],
  ...'one two three four five six seven eight nine ten'
    .split(' ')
    .map((word, index): [Place, string] => [percent(index + 1), word]),
  ...'fifteen twenty twentyfive thirty forty fifty sixty seventy seventyfive eighty ninety'
    .split(' ')
    .map((word, index): [Place, string] => [percent([15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90][index] ?? 0), word]),
);

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

function namesOfPlaces(...all: readonly (readonly [Place, string])[]): ReadonlyMap<string, Place> {
  return new Map(all.flatMap(([place, names]) => names.split(' ').map((name) => [name, place] as const)));
}

export function tokensOf(text: string): Token[] {
  return [...text.slice(0, MOST_CHARS).matchAll(TOKENS)].flatMap((match) => {
    const norm = normal(match[0]);
    return norm === '' ? [] : [{ norm, start: match.index, end: match.index + match[0].length }];
  });
}

/** Full-width signs become plain ones, quotes and stars around a word go. */
function normal(word: string): string {
  const plain = word
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(WRAPPING, '')
    .toLowerCase();
  return plain === '' && !/^[\p{Cf}"'`´“”„‘’«»()[\]{}*_]+$/u.test(word) ? word.normalize('NFKC') : plain;
}

/** Letters and digits only, with points between digits kept: `Wave_1` and `wave 1` are one name, `1.0` and `10` are two. */
export function keyOf(words: string): string {
  return words
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.,]+|[.,](?!\p{N})|(?<!\p{N})[.,]/gu, '');
}
