import { memberOf } from '../values.js';

const DAY_MS = 86_400_000;

/** When something is, for whom: instant and now in milliseconds, tz as in `Europe/London`. */
interface Moment {
  at: number;
  now: number;
  tz: string;
}

// Making a formatter costs more than the rest of a message together.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(tz: string, options: Intl.DateTimeFormatOptions, locale: string): Intl.DateTimeFormat {
  const key = JSON.stringify([tz, options, locale]);
  const known = formatters.get(key);
  if (known) return known;
  let made: Intl.DateTimeFormat;
  try {
    made = new Intl.DateTimeFormat(locale, { ...options, timeZone: tz });
  } catch {
    made = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  }
  formatters.set(key, made);
  return made;
}

const format = (at: number, tz: string, options: Intl.DateTimeFormatOptions, locale = 'en-US') =>
  formatter(tz, options, locale).format(at);

const isoDay = (at: number, tz: string) =>
  format(at, tz, { year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-CA');

/** `14:02`, in the viewer's zone. */
export function clock(at: number, tz: string): string {
  return format(at, tz, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

function relativeDay({ at, now, tz }: Moment): string | undefined {
  const day = isoDay(at, tz);
  if (day === isoDay(now, tz)) return 'Today';
  if (day === isoDay(now - DAY_MS, tz)) return 'Yesterday';
  if (day === isoDay(now + DAY_MS, tz)) return 'Tomorrow';
  return undefined;
}

/** The heading between two days of a channel: `Today`, `Yesterday` or `Friday, November 20`. */
export function dayHeading(moment: Moment): string {
  return relativeDay(moment) ?? format(moment.at, moment.tz, { weekday: 'long', month: 'long', day: 'numeric' });
}

function ago({ at, now }: Moment): string {
  const seconds = Math.round((now - at) / 1000);
  const [size, unit] =
    Math.abs(seconds) < 60
      ? [1, 'second']
      : Math.abs(seconds) < 3600
        ? [60, 'minute']
        : Math.abs(seconds) < 86_400
          ? [3600, 'hour']
          : [86_400, 'day'];
  const count = Math.floor(Math.abs(seconds) / Number(size));
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

const DATE_STYLES: Record<string, Intl.DateTimeFormatOptions> = {
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
};

function dateToken(token: string, moment: Moment): string | undefined {
  if (token === 'date_num') return isoDay(moment.at, moment.tz);
  if (token === 'ago') return ago(moment);
  const pretty = token.endsWith('_pretty');
  const style = memberOf(DATE_STYLES, pretty ? token.slice(0, -'_pretty'.length) : token);
  if (!style) return undefined;
  return (pretty ? relativeDay(moment)?.toLowerCase() : undefined) ?? format(moment.at, moment.tz, style);
}

/**
 * Fills the tokens of `<!date^…^format>`: `{date}`, `{date_short_pretty}`, `{time}`, `{ago}` and so on.
 * Undefined when a token is unknown: Slack then shows the fallback text.
 */
export function fillDate(formatText: string, moment: Moment): string | undefined {
  let known = true;
  const filled = formatText.replace(/\{(\w+)\}/g, (_, token: string) => {
    const value = dateToken(token, moment);
    if (value === undefined) known = false;
    return value ?? '';
  });
  return known ? filled : undefined;
}
