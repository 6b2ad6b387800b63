/**
 * The one place where text from people, plans and adapters becomes Slack mrkdwn, and where numbers, times and durations
 * get their words. Everything that a renderer did not write itself passes through `escapeText` or `escapeCode`: Slack
 * would otherwise take `<!channel>` in a reason for a mention, and a bidi control in a title could turn a sentence round.
 */

import { isNamedUsers } from '../../rollout/plan/exposure.js';

/** Lengths people's text is cut to, in characters before escaping. */
export const TITLE_CHARS = 80;
const REASON_CHARS = 300;
const DETAIL_CHARS = 300;

const SAME_DAY_MS = 20 * 3_600_000;
export const NBSP = '\u00a0';
// Bidi controls, zero-width characters, fillers, halves of a pair: they show nothing and can hide or reorder text.
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}]/gu;
const SPACES = /[\s\u0085\u2028\u2029]+/gu;
const CONTROLS = /\p{Cc}/gu;
const CONTROLS_BUT_NEWLINE = /[^\P{Cc}\n]/gu;

function visible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/** Cut to so many characters (code points), the last one an ellipsis. */
function clip(text: string, chars: number): string {
  const points = [...text];
  return points.length <= chars
    ? text
    : `${points
        .slice(0, chars - 1)
        .join('')
        .trimEnd()}…`;
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Words of ours that Slack could take for a mark. */
export function safe(text: string): string {
  return entities(text.replaceAll('`', "'"));
}

/** Slack's entities as the signs they stand for. */
export function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** One line of somebody else's text, safe anywhere in mrkdwn but a link label: nothing in it mentions, links or opens code. */
export function escapeText(text: string, chars = DETAIL_CHARS): string {
  return entities(theirs(text, chars));
}

/** Somebody else's text as plain text: one line of so many characters, without what cannot be seen. Only printers escape it. */
export function theirs(text: string, chars = DETAIL_CHARS): string {
  return oneLine(text, chars).replaceAll('`', "'");
}

/** The same line before its characters are made safe, for a row of a code block: that escapes by itself. */
export function oneLine(text: string, chars: number): string {
  return clip(visible(text).replace(SPACES, ' ').replace(CONTROLS, '').trim(), chars);
}

/** `as code`, on one line. */
export function code(text: string): string {
  return `\`${escapeText(text)}\``;
}

/** Lines for a code block that people copy from: kept as they are but for what would end the block or hide in it. */
export function escapeCode(text: string, chars = 1_000): string {
  const kept = visible(text).replaceAll('\r\n', '\n').replaceAll('\t', '  ').replace(CONTROLS_BUT_NEWLINE, '');
  return entities(clip(kept, chars).replace(/`{3,}/g, (run) => "'".repeat(run.length)));
}

/** Cut mrkdwn without the half of a mention, a link or an entity at its end. */
export function withoutHalfMark(cut: string): string {
  const open = cut.indexOf('<', cut.lastIndexOf('>') + 1);
  return (open === -1 ? cut : cut.slice(0, open)).replace(/&[a-z]{0,3}$/, '');
}

/** A link with words, without user and password; the words alone where the address is not a web address. */
export function link(address: string, label: string): string {
  const words = escapeText(label.replaceAll('|', '/'), TITLE_CHARS);
  if (!URL.canParse(address)) return words;
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return words;
  url.username = '';
  url.password = '';
  // Slack ends an address at `|` and `>`; a long one would cost the message its budget.
  const safe = url.href.replaceAll('|', '%7C').replaceAll('>', '%3E').replaceAll('<', '%3C').replaceAll('`', '%60');
  return safe.length > 500 ? words : `<${safe.replaceAll('&', '&amp;')}|${words}>`;
}

export function bold(safe: string): string {
  return `*${safe}*`;
}

/** The first letter made big. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** “as said”, escaped; '' when nothing was said. */
export function quoted(text: string): string {
  return safe(quotedPlain(text));
}

/** The same as plain text. */
export function quotedPlain(text: string): string {
  const said = theirs(text, REASON_CHARS);
  return said === '' ? '' : `“${said}”`;
}

/** `50 %`; the space does not break. Named users have places that are no percentages; who knows the plan counts them. */
export function percent(exposure: number): string {
  if (isNamedUsers(exposure)) return 'named users';
  return `${number(exposure)}${NBSP}%`;
}

/**
 * Three or four digits are what people compare; whole thousands keep theirs (`12,480`). With `beside`, digits are added until
 * the number does not read as one it is compared with: 5.004 is not shown as 5 where the limit is 5.
 */
export function number(value: number, beside: readonly number[] = []): string {
  if (!Number.isFinite(value)) return 'no number';
  const size = Math.abs(value);
  if (size >= 1e12 || (size > 0 && size < 1e-6)) return value.toExponential(2);
  const enough = size >= 1_000 ? Math.floor(Math.log10(size)) + 1 : size >= 10 ? 4 : 3;
  for (let digits = enough; digits < 12; digits += 1) {
    const shown = Number(value.toPrecision(digits));
    if (!beside.some((other) => other !== value && other === shown)) return grouped(shown, digits);
  }
  return grouped(value, 12);
}

// Making a format costs a hundred times more than using it.
const FORMATS = new Map<number, Intl.NumberFormat>();

function grouped(value: number, digits: number): string {
  const made = FORMATS.get(digits) ?? new Intl.NumberFormat('en-US', { maximumSignificantDigits: digits });
  FORMATS.set(digits, made);
  return made.format(value);
}

/** `412 ms`, `0.31 %`; the bare number where the plan names no unit. */
export function withUnit(value: number, unit: string, beside: readonly number[] = []): string {
  return safe(unitPlain(value, unit, beside));
}

/** The same as plain text. */
export function unitPlain(value: number, unit: string, beside: readonly number[] = []): string {
  const words = theirs(unit, 20);
  return words === '' ? number(value, beside) : `${number(value, beside)}${NBSP}${words}`;
}

/** As people say it: `1.4 s`, `45 s`, `3 m 20 s`, `1 h 12 m`, `2 d 3 h`. Rounded down: what is not over is not called over. */
export function duration(ms: number): string {
  return durationParts(ms)
    .map(({ count, unit }) => `${count}${NBSP}${unit}`)
    .join(NBSP);
}

interface DurationPart {
  readonly count: number;
  readonly unit: 'd' | 'h' | 'm' | 's';
}

/** The one or two numbers that a duration is said with. */
export function durationParts(ms: number): DurationPart[] {
  const tenths = Math.max(0, Math.floor(ms / 100));
  if (tenths < 100) return [{ count: tenths / 10, unit: 's' }];
  const seconds = Math.floor(tenths / 10);
  if (seconds < 60) return [{ count: seconds, unit: 's' }];
  if (seconds < 600) return pair(seconds, 60, ['m', 's']);
  if (seconds < 3_600) return [{ count: Math.floor(seconds / 60), unit: 'm' }];
  if (seconds < 86_400) return pair(Math.floor(seconds / 60), 60, ['h', 'm']);
  return pair(Math.floor(seconds / 3_600), 24, ['d', 'h']);
}

/** How long something has lasted, without seconds once it is minutes: they would only flicker from edit to edit. */
export function lasted(ms: number): string {
  return duration(ms < 60_000 ? ms : Math.floor(ms / 60_000) * 60_000);
}

type Unit = DurationPart['unit'];

function pair(count: number, size: number, [large, small]: readonly [Unit, Unit]): DurationPart[] {
  const rest = count % size;
  const head: DurationPart = { count: Math.floor(count / size), unit: large };
  return rest === 0 ? [head] : [head, { count: rest, unit: small }];
}

/** A time of day in the reader's zone. */
export function clock(at: Date): string {
  return dateToken(at, '{time}', `${at.toISOString().slice(11, 16)} UTC`);
}

/** A time of day to the second, in the reader's zone. */
export function clockSeconds(at: Date): string {
  return dateToken(at, '{time_secs}', `${at.toISOString().slice(11, 19)} UTC`);
}

/** A day and a time in the reader's zone: `today at 14:02`. */
export function moment(at: Date): string {
  return dateToken(at, '{date_short_pretty} at {time}', `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`);
}

/** The time of day alone where the day is obvious. */
export function soon(at: Date, now: Date): string {
  return Math.abs(at.getTime() - now.getTime()) < SAME_DAY_MS ? clock(at) : moment(at);
}

function dateToken(at: Date, format: string, fallback: string): string {
  return `<!date^${Math.floor(at.getTime() / 1_000)}^${format}|${fallback}>`;
}

const BAR_CELLS = 10;

/** `▓▓▓░░░░░░░` for a part of one; the last cell is kept for what is over. */
export function bar(part: number, over: boolean): string {
  const filled = over ? BAR_CELLS : Math.min(BAR_CELLS - 1, Math.max(0, Math.floor(part * BAR_CELLS)));
  return '▓'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
}

const SPARKS = '▁▂▃▄▅▆▇';
/** Fewer numbers show no course. */
const LEAST_SPARKS = 3;

/** `▁▁▂▁▃`: each number between these two; '' where there are too few of them. */
export function spark(numbers: readonly number[], bottom: number, top: number): string {
  if (numbers.length < LEAST_SPARKS) return '';
  const height = (value: number): number => (top > bottom ? (value - bottom) / (top - bottom) : 0);
  const last = SPARKS.length - 1;
  return numbers.map((value) => SPARKS[Math.round(Math.min(1, Math.max(0, height(value))) * last)]).join('');
}

/** What is drawn is for the eye alone: read aloud, it would be a row of names of signs. */
const BAR = /^[▓░]{10} /gm;
const SPARK = / [▁-▇]{3,}/g;

/** What a screen reader and a notification get of a line: no marks, links as their words, times as UTC. */
export function spoken(mrkdwn: string): string {
  return mrkdwn
    .replace(/<!date\^[^|<>]*\|([^<>]*)>/g, '$1')
    .replace(/<https?:[^|<>]*\|([^<>]*)>/g, '$1')
    .replace(/(?<![\w*])\*([^*\n]+)\*(?![\w*])/g, '$1')
    .replace(BAR, 'Bake: ')
    .replace(SPARK, '')
    .replaceAll('`', '');
}
