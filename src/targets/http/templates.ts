/** What a plan writes with placeholders such as `{{exposure}}` and `{{tenant}}`, filled in and escaped for its place. */

import type { JsonValue } from '../../rollout/plan/http-requests.js';
import type { Values } from '../scale.js';

type Name = keyof Values;
type Fill = (text: string) => string;
type Escape = (text: string) => string;

const PLACEHOLDER = /\{\{\s*(exposure|rest|enabled|tenant)(?:_text)?\s*\}\}/g;
const WHOLE = /^\{\{\s*(exposure|rest|enabled)\s*\}\}$/;

/** In the path and the query of an address, and in a form: nothing of a value can end its part. */
export const inAddress: Escape = encodeURIComponent;
export const asIs: Escape = (text) => text;

/**
 * A text with its placeholders open. `fill` puts values in place of `${NAME}` once, now, and only in what the plan wrote:
 * neither kind of value is looked through for the other kind. Throws what `fill` throws.
 */
export function textTemplate(text: string, fill: Fill, escaped: Escape): (values: Values) => string {
  const pieces: { readonly literal: string; readonly name?: Name }[] = [];
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    pieces.push({ literal: fill(text.slice(from, match.index)), name: nameOf(match[1]) });
    from = match.index + match[0].length;
  }
  pieces.push({ literal: fill(text.slice(from)) });
  return (values) =>
    pieces.map(({ literal, name }) => literal + (name ? escaped(String(values[name] ?? '')) : '')).join('');
}

/**
 * JSON with its placeholders open: a text that is only `{{exposure}}` or `{{rest}}` becomes a number, only `{{enabled}}` true or false;
 * with `_text` behind the name they stay texts, as some services want them.
 */
export function jsonTemplate(value: JsonValue, fill: Fill): (values: Values) => JsonValue {
  if (typeof value === 'string') {
    const whole = WHOLE.exec(value)?.[1];
    if (whole === 'exposure') return ({ exposure }) => exposure;
    if (whole === 'rest') return ({ rest }) => rest;
    return whole === 'enabled' ? ({ enabled }) => enabled : textTemplate(value, fill, asIs);
  }
  if (isList(value)) {
    const items = value.map((item) => jsonTemplate(item, fill));
    return (values) => items.map((item) => item(values));
  }
  if (typeof value !== 'object' || value === null) return () => value;
  const entries = Object.entries(value).map(([key, item]) => [key, jsonTemplate(item, fill)] as const);
  return (values) => Object.fromEntries(entries.map(([key, item]) => [key, item(values)]));
}

/** The placeholders in a text, or in all texts of a value. */
export function placeholdersIn(value: unknown): Set<string> {
  if (typeof value === 'string') return new Set([...value.matchAll(PLACEHOLDER)].flatMap((match) => match[1] ?? []));
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(Object.values(value).flatMap((item) => [...placeholdersIn(item)]));
}

function nameOf(text: string | undefined): Name {
  return text === 'enabled' || text === 'tenant' || text === 'rest' ? text : 'exposure';
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
