/**
 * How long, as people write it, in plans and behind commands alike: `30m`, `24 hours`, `1 hr`, `90 min`, `1h30`, `1.5h`,
 * `1 hour and 30 minutes`, `half an hour`, `PT30M`.
 */
export const DAY_MS = 86_400_000;

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:s|secs?|seconds?)$/, 1_000],
  [/^(?:m|mins?|minutes?)$/, 60_000],
  [/^(?:h|hrs?|hours?)$/, 3_600_000],
  [/^(?:d|days?)$/, DAY_MS],
  [/^(?:w|wks?|weeks?)$/, 7 * DAY_MS],
];
const COUNTS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  ten: 10,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
};
const MOST_MS = 365 * DAY_MS;

const LEAD = /^[\s"'`“‘(]*(?:(?:by|for|with|another|an?\s+extra|extra|more|\+|=)[\s:]*)*/iu;
const PART =
  /^(half\s+an?|\d{1,9}(?:[.,]\d{1,3})?|(?:an?|one|two|three|four|five|six|ten|fifteen|twenty|thirty)(?=\s))[\s-]*(half\s+)?([a-z]+)(?![a-z])/iu;
/** The minutes of `1h30`, or the next part joined on: `1h30m`. */
const MINUTES_ON = /^(\d{1,2})(?![\p{L}\p{N}.,:%])/u;
const JOINED = /^\s*(?:,\s*)?(?:and\s+)?(?=\d|half\b|an?\s)/iu;

/** ISO 8601, with what the bot's longest duration can hold. */
const ISO = /^P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/i;
/** `1h 30`, where nothing else follows. */
const HOURS_AND_MINUTES = /^(\d{1,4}\s?h)\s+(\d{1,2})$/i;

/** A whole text as a duration, ms; undefined when it is not a duration, is zero, or is longer than a year. */
export function parseDuration(text: string): number | undefined {
  const words = text.trim();
  // Behind a command these words lead up to a duration; in a plan they are a slip.
  if (words === '' || !/^(?:\d|half\b|an?\s|\p{L}+\s|P)/iu.test(words) || LEADING_WORD.test(words)) return undefined;
  const iso = ISO.exec(words);
  if (iso) return withinAYear(isoMs(iso));
  const read = readDuration(words.replace(HOURS_AND_MINUTES, '$1$2'));
  return read?.rest === '' ? read.ms : undefined;
}

const LEADING_WORD = /^(?:by|for|with|another|extra|more|an?\s+extra)\b/iu;

function isoMs([, ...parts]: RegExpExecArray): number {
  const sizes = [7 * DAY_MS, DAY_MS, 3_600_000, 60_000, 1_000];
  return sizes.reduce((sum, size, index) => sum + Number(parts[index] ?? 0) * size, 0);
}

function withinAYear(ms: number): number | undefined {
  return ms > 0 && ms <= MOST_MS ? ms : undefined;
}

/** The duration at the beginning of some words, ms, and the words behind it; null where none stands there, or it is zero or longer than a year. */
export function readDuration(text: string): { ms: number; rest: string } | null {
  return parsed(text) ?? parsed(text.normalize('NFKC'));
}

function parsed(text: string): { ms: number; rest: string } | null {
  let left = text.replace(LEAD, '');
  let ms = 0;
  let last = Number.POSITIVE_INFINITY;
  for (;;) {
    const part = PART.exec(left);
    const unit = part && UNITS.find(([form]) => form.test((part[3] ?? '').toLowerCase()))?.[1];
    // Each part is smaller than the one before it, or it is no part: `1h 2h`.
    if (!part || unit === undefined || unit === null || unit >= last) break;
    ms += countOf(part) * unit;
    last = unit;
    left = left.slice(part[0].length);
    const minutes = unit === 3_600_000 ? MINUTES_ON.exec(left) : null;
    if (minutes) {
      ms += Number(minutes[1]) * 60_000;
      last = 60_000;
      left = left.slice(minutes[0].length);
    }
    const joined = JOINED.exec(left);
    const more = joined ? left.slice(joined[0].length) : left;
    const next = PART.exec(more);
    if (!next || !UNITS.some(([form, size]) => size < last && form.test((next[3] ?? '').toLowerCase()))) break;
    left = more;
  }
  if (!Number.isFinite(last) || ms <= 0 || ms > MOST_MS || /^[\p{L}\p{N}]/u.test(left)) return null;
  return {
    ms: Math.round(ms),
    rest: left
      .replace(/^\s*(?:longer|more)\b/iu, '')
      .replace(/^[\s"'`”’)]*[.,:;!…-]*\s*/u, '')
      .trim(),
  };
}

function countOf([, count = '', half]: RegExpExecArray): number {
  const word = count.toLowerCase();
  if (word.startsWith('half')) return 0.5;
  const number = COUNTS[word] ?? Number(word.replace(',', '.'));
  return half === undefined ? number : number / 2;
}

/** As plans write it: `90000` is `1m30s`. Less than a second is left out. */
export function writtenDuration(ms: number): string {
  let left = Math.round(ms / 1_000);
  const parts = (
    [
      ['d', 86_400],
      ['h', 3_600],
      ['m', 60],
      ['s', 1],
    ] as const
  ).map(([unit, seconds]) => {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('') || '0s';
}
