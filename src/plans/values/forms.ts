/** The forms of single values in a plan file. Each refuses with what was expected; `findings.ts` adds what was found. */
import { z } from 'zod';
import type { PersonRef } from '../../rollout/plan/plan.js';
import { parseDuration } from './duration.js';
import { withoutVariables } from './variables.js';

const NAME = /^[a-z0-9][a-z0-9-]{0,59}$/;

/** Text that is read into something; what cannot be read is refused with the one expectation. */
export function read<T>(expectation: string, reader: (text: string) => T | undefined) {
  return z.string(expectation).transform((text, context) => {
    const result = reader(text);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: expectation });
    return z.NEVER;
  });
}

export function matching(expectation: string, form: RegExp) {
  return z.string(expectation).regex(form, expectation);
}

export function name(what: string) {
  return matching(`${what} of lower-case letters, digits and dashes, at most 60 characters`, NAME);
}

/** Text that is shown, without anything that is not seen. `any`: what may stand before the first character that is. */
function shown(any: string, { of, most }: { of: string; most: number }): RegExp {
  return new RegExp(`^(?=${any}*\\S)${of}{1,${most}}$`, 'u');
}

const SHOWN = '[^\\p{Cc}\\p{Zl}\\p{Zp}]';

export function line(what: string, most: number) {
  return matching(`${what} on one line, 1 to ${most} characters`, shown('.', { of: SHOWN, most }));
}

/** A text that may go on for several lines. */
export function lines(what: string, most: number) {
  return matching(`${what}, 1 to ${most} characters`, shown('[\\s\\S]', { of: `(?:${SHOWN}|[\\n\\t])`, most }));
}

interface Bounds {
  readonly from: number;
  readonly to: number;
}

export function duration(most: number, mostText: string) {
  return durationIn(`a duration such as 30s, 15m, 24h, 7d or 1h30m, at most ${mostText}`, { from: 1, to: most });
}

/** Both bounds, in milliseconds, are allowed; the expectation says them as people write them. */
export function durationIn(expectation: string, { from, to }: Bounds) {
  return read(expectation, (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= from && ms <= to ? ms : undefined;
  });
}

/** The same kept as it is written, for what is read where no output of the schema is at hand. */
export function durationText(expectation: string, { from, to }: Bounds) {
  return z.string(expectation).refine((text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= from && ms <= to;
  }, expectation);
}

export function wholeNumber(what: string, bounds: Bounds) {
  const expectation = `${what}, ${bounds.from} to ${bounds.to}`;
  return z.int(expectation).min(bounds.from, expectation).max(bounds.to, expectation);
}

export function listOf<T extends z.ZodType>(what: string, item: T, most: number) {
  const expectation = `a list of 1 to ${most} ${what}`;
  return z.array(item, expectation).min(1, expectation).max(most, expectation);
}

export function mapOf<T extends z.ZodType>(what: string, entry: { key: z.ZodString; value: T; most: number }) {
  const expectation = `a mapping of 1 to ${entry.most} ${what}`;
  const fits = (map: object) => Object.keys(map).length > 0 && Object.keys(map).length <= entry.most;
  return z.record(entry.key, entry.value, expectation).refine(fits, expectation);
}

/** `${NAME}` may stand for any part of a connection value, also for all of it. */
export function url(expectation: string, schemes: readonly string[], also: (address: URL) => boolean = () => true) {
  return read(expectation, (text) => {
    if (text.startsWith('${')) return text;
    // 1 is legal as a host, a port and a path alike.
    const filled = withoutVariables(text, '1');
    if (!URL.canParse(filled)) return undefined;
    const address = new URL(filled);
    return schemes.includes(address.protocol) && also(address) ? text : undefined;
  });
}

export function person(text: string): PersonRef | undefined {
  if (/^[UW][A-Z0-9]{1,30}$/.test(text)) return { kind: 'user', id: text };
  if (/^S[A-Z0-9]{1,30}$/.test(text)) return { kind: 'group', id: text };
  if (/^@[\p{L}\p{N}._-]{1,80}$/u.test(text)) return { kind: 'handle', handle: text.slice(1) };
  if (/^[^\s@<>"]{1,64}@[^\s@<>".]+(?:\.[^\s@<>".]+)+$/.test(text)) return { kind: 'email', email: text };
  return undefined;
}
