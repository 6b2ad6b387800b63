import { createHash } from 'node:crypto';
import { canonicalText } from '../rollout/plan/same-value.js';
import type { PushedAlert, PushedAlertGroup } from '../store/pushed-alerts.js';

/** What a body says about alerts: those that can be read, why others cannot, how many were not sent. */
export interface Told {
  readonly alerts: readonly PushedAlert[];
  /** `alerts[3]: …`, for the sender and the log; names places and types, never contents. */
  readonly refused: readonly string[];
  readonly leftOut: number;
  readonly group: PushedAlertGroup | null;
}

/** Why a whole body says nothing that is understood. */
export interface Unread {
  readonly unread: string;
}

/** A body that says nothing the bot needs; taken and left. */
export const NOTHING: Told = { alerts: [], refused: [], leftOut: 0, group: null };

export type Fields = Readonly<Record<string, unknown>>;

const LABEL_CHARS = 1_000;
const TITLE_CHARS = 300;
const URL_CHARS = 1_000;
/** Dates outside of these are no dates: the zero time of Go, and what a database cannot hold. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2200;

/** The own keys of a JSON object; null for anything else. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

/** What the database can hold of a text, as long as it may be. Plans cannot ask for the rest: their labels are shorter. */
function storable(text: string, most: number): string {
  return text.slice(0, most).toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** Texts as they are, numbers and yes or no as they are written; null for anything else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** A title on one line; the first that says anything. */
export function titleOf(...candidates: readonly unknown[]): string {
  const said = candidates.map(textOf).find((text) => text !== null && text.trim() !== '');
  return storable((said ?? '').replace(/\s+/gu, ' ').trim(), TITLE_CHARS);
}

/** The first web address; null: none of them is one. */
export function addressOf(...candidates: readonly unknown[]): string | null {
  const texts = candidates.flatMap((value) => (typeof value === 'string' && URL.canParse(value) ? [value] : []));
  return (
    texts.map((text) => new URL(text).href).find((href) => /^https?:/.test(href) && href.length <= URL_CHARS) ?? null
  );
}

/** A date as ISO 8601 text; null: not said, or not one. */
export function dateOf(value: unknown): Date | null {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  const year = date.getUTCFullYear();
  return year >= FIRST_YEAR && year <= LAST_YEAR ? date : null;
}

/** Labels whose values are text. What is no text is left out: nothing can ask for it. */
export function labelsOf(entries: Iterable<readonly [string, unknown]>): Record<string, string> {
  const kept = new Map<string, string>();
  for (const [name, value] of entries) {
    const text = textOf(value);
    if (text !== null) kept.set(storable(name, LABEL_CHARS), storable(text, LABEL_CHARS));
  }
  return Object.fromEntries(kept);
}

/** What makes an alert one when its source does not say: its labels. */
export function fingerprintOf(given: unknown, labels: Readonly<Record<string, string>>): string {
  const text = textOf(given);
  if (text !== null && /^[\x21-\x7e]{1,200}$/.test(text)) return text;
  const name = text ? [text] : labels;
  return createHash('sha256').update(canonicalText(name)).digest('hex');
}

/** Each alert once, as it was told last: episodes that began later win, then what stands later. */
export function eachOnce(alerts: readonly PushedAlert[]): PushedAlert[] {
  const last = new Map<string, PushedAlert>();
  for (const alert of alerts) {
    const before = last.get(alert.fingerprint);
    if (!before?.startsAt || !alert.startsAt || before.startsAt <= alert.startsAt) last.set(alert.fingerprint, alert);
  }
  return [...last.values()];
}
