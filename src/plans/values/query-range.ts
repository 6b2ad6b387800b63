import type { ProbeConfig } from '../../rollout/plan/plan.js';

/**
 * How far back a query looks: the longest range written in it. Ranges inside recording rules are not seen, nor those that only the
 * server knows.
 */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

const BRACKETS = /\[([^[\]]{0,80})\]/g;
const DURATION = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[smhdwy]))+$/;
const SECONDS = /^\d{1,9}(?:\.\d{1,9})?$/;
const PART = /(\d{1,9}(?:\.\d{1,9})?)(ms|[smhdwy])/g;

/** The longest range of a PromQL query, ms; undefined when it names none. */
export function promRange(query: string): number | undefined {
  return longest([...withoutText(query).matchAll(BRACKETS)].map(([, inside = '']) => rangeMs(inside)));
}

/** PromQL without its strings and comments. */
export function withoutText(query: string): string {
  return without(query, { '"': '"', "'": "'", '`': '`', '#': '\n' });
}

/** `5m`, `1h30m`, `300` (seconds), and the first part of a subquery, `1h:1m`. */
function rangeMs(inside: string): number {
  const [range = ''] = inside.split(':');
  const text = range.trim();
  if (SECONDS.test(text)) return Number(text) * 1_000;
  if (!DURATION.test(text)) return 0;
  return [...text.matchAll(PART)].reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
}

/** `interval '5 minutes'`, `'1 hour'::interval`, `interval '90' second`. */
const INTERVAL =
  /\binterval\s{0,20}'([^'\n]{1,40})'(?:\s{1,20}(second|minute|hour|day))?|'([^'\n]{1,40})'\s{0,20}::\s{0,20}interval\b/gi;
const SQL_PART = /(\d{1,9}(?:\.\d{1,9})?)\s{0,5}([a-z]{1,12})/gi;
const CLOCK = /(\d{1,4}):(\d{2})(?::(\d{2}))?/;
const SQL_UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|msecs?|milliseconds?)$/i, 1],
  [/^(?:s|secs?|seconds?)$/i, 1_000],
  [/^(?:m|mins?|minutes?)$/i, 60_000],
  [/^(?:h|hrs?|hours?)$/i, 3_600_000],
  [/^(?:d|days?)$/i, 86_400_000],
  [/^(?:w|weeks?)$/i, 7 * 86_400_000],
  [/^(?:mons?|months?)$/i, 30 * 86_400_000],
  [/^(?:y|yrs?|years?)$/i, 365 * 86_400_000],
];

/** The longest interval of an SQL query, ms; undefined when it names none. */
export function sqlRange(query: string): number | undefined {
  const bare = without(query, { '--': '\n', '/*': '*/' });
  const ranges = [...bare.matchAll(INTERVAL)].map(([, text, unit, cast]) =>
    intervalMs(unit === undefined ? (text ?? cast ?? '') : `${text} ${unit}`),
  );
  return longest(ranges);
}

function intervalMs(text: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = CLOCK.exec(text) ?? [];
  const ofClock = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  return [...text.matchAll(SQL_PART)].reduce((sum, [, count, unit = '']) => {
    const [, ms = 0] = SQL_UNITS.find(([form]) => form.test(unit)) ?? [];
    return sum + Number(count) * ms;
  }, ofClock);
}

/** The query without what is text or comment to its language, by how each begins and ends. One walk, however it is written. */
function without(query: string, ends: Readonly<Record<string, string>>): string {
  let [kept, at] = ['', 0];
  while (at < query.length) {
    const begin = [query.slice(at, at + 2), query.charAt(at)].find((mark) => Object.hasOwn(ends, mark));
    const end = begin === undefined ? undefined : ends[begin];
    if (begin === undefined || end === undefined) {
      kept += query.charAt(at);
      at += 1;
      continue;
    }
    at += begin.length;
    while (at < query.length && !query.startsWith(end, at))
      at += query.charAt(at) === '\\' && end === begin && end !== '`' ? 2 : 1;
    at += end.length;
    kept += ' ';
  }
  return kept;
}

function longest(ranges: readonly number[]): number | undefined {
  const known = ranges.filter((ms) => ms > 0);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** How to read from a query of each kind how much time one number is made of; null where there is no such query. */
const RANGES = {
  prometheus: promRange,
  sql: sqlRange,
  http: null,
  exec: null,
  manual: null,
  alert: null,
  memory: null,
} satisfies Record<ProbeConfig['kind'], ((query: string) => number | undefined) | null>;

/** ms; undefined where the query of this kind of probe does not say it. */
export function rangeIn(kind: ProbeConfig['kind'], query: string): number | undefined {
  return RANGES[kind]?.(query);
}
