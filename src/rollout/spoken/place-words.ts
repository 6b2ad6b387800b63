/** Words for percentages, places and people, and the signs between them. */
import type { Place } from '../plan/place.js';

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
export const WRAPPING =
  /^[\p{Cf}"'`´“”„‘’«»()[\]{}*_]+|(?<![\p{Cf}"'`´“”„‘’«»()[\]{}*_.\u3002])[\p{Cf}"'`´“”„‘’«»()[\]{}*_.\u3002]+$/gu;
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
/** Haste and manners: behind a place they are no reason. */
export const POLITE = wordSet('please pls plz now asap immediately quickly thanks thx bitte');
/** Small words that people put before a place: `only half`, `from 10 to 25`, `auf 50 %`. */
export const BESIDE = wordSet(
  [
    'please pls plz now only just exactly or and then the a an go goto it this us rollout traffic users exposure from at least',
    'into onto towards toward through target for with on up down jump move set make raise increase bump ramp promote straight directly right auf zu bis à al vers hasta advance',
  ].join(' '),
);
/** Before a place these say that it is not quite this one: `nearly all`, `by 25`, `past wave-2`. */
export const NOT_QUITE = wordSet(
  'by maybe perhaps about around ca circa approx approximately roughly nearly almost than over under max maximum least most past beyond before till until minus plus up',
);
/** Before `to` these make a comparison or a cause of it, not a way. */
export const NO_WAY = wordSet('due thanks owing compared similar close next according equal relative up');
export const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');

export const NUMBERS = 'one two three four five six seven eight nine ten'.split(' ');

const percent = (exposure: number): Place => ({ kind: 'percent', exposure });
const OFF: Place = { kind: 'off' };
const PREVIOUS: Place = { kind: 'previous' };
const NEXT: Place = { kind: 'next' };

/** Names, as keys, that are a place also when words stand behind them. */
export const STRONG = namesOfPlaces(
  [OFF, 'off switchedoff disabled'],
  [
    PREVIOUS,
    'previous prev previousstage prevstage previousone previousstep previouswave stagebefore onestageback onestepback',
  ],
  [NEXT, 'nextstage nextstep nextone nextwave nextphase'],
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
  [
    percent(100),
    'all full fully on fullrollout fulltraffic fullexposure max maximum hundred ahundred onehundred alltheway everything everywhere worldwide globally completely allstages allwaves allofprod allofproduction',
  ],
  ...NUMBERS.map((word, index): [Place, string] => [percent(index + 1), word]),
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
