/**
 * The shape of a plan file: every key, its type and its default. The message of each rule is what was expected;
 * `findings.ts` adds what was found. Rules that compare two places are in `rules.ts`, `limits.ts`, `connections.ts`.
 */
import { z } from 'zod';
import type { PersonRef } from '../rollout/plan.js';
import { DAY_MS, parseDuration } from './duration.js';
import { withoutVariables } from './variables.js';

const MINUTE = 60_000;
const NAME = /^[a-z0-9][a-z0-9-]{0,59}$/;
export const PLAN_NAME = /^[a-z][a-z0-9-]{0,59}$/;

/** Text that is read into something; what cannot be read is refused with the one expectation. */
function read<T>(expectation: string, reader: (text: string) => T | undefined) {
  return z.string(expectation).transform((text, context) => {
    const result = reader(text);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: expectation });
    return z.NEVER;
  });
}

function matching(expectation: string, form: RegExp) {
  return z.string(expectation).regex(form, expectation);
}

function name(what: string) {
  return matching(`${what} of lower-case letters, digits and dashes, at most 60 characters`, NAME);
}

function line(what: string, most: number) {
  const expectation = `${what} on one line, 1 to ${most} characters`;
  return matching(expectation, new RegExp(`^(?=.*\\S)[^\\p{Cc}\\p{Zl}\\p{Zp}]{1,${most}}$`, 'u'));
}

function duration(most: number, mostText: string) {
  return read(`a duration such as 30s, 15m, 24h, 7d or 1h30m, at most ${mostText}`, (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms <= most ? ms : undefined;
  });
}

function listOf<T extends z.ZodType>(what: string, item: T, most: number) {
  const expectation = `a list of 1 to ${most} ${what}`;
  return z.array(item, expectation).min(1, expectation).max(most, expectation);
}

function mapOf<T extends z.ZodType>(what: string, entry: { key: z.ZodString; value: T; most: number }) {
  const expectation = `a mapping of 1 to ${entry.most} ${what}`;
  const fits = (map: object) => Object.keys(map).length > 0 && Object.keys(map).length <= entry.most;
  return z.record(entry.key, entry.value, expectation).refine(fits, expectation);
}

/** `${NAME}` may stand for any part of a connection value, also for all of it. */
function url(expectation: string, schemes: readonly string[]) {
  return read(expectation, (text) => {
    if (text.startsWith('${')) return text;
    // 1 is legal as a host, a port and a path alike.
    const filled = withoutVariables(text, '1');
    return URL.canParse(filled) && schemes.includes(new URL(filled).protocol) ? text : undefined;
  });
}

function timezone(text: string): string | undefined {
  if (!/^[A-Za-z]/.test(text)) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    return undefined;
  }
}

function person(text: string): PersonRef | undefined {
  if (/^[UW][A-Z0-9]{1,30}$/.test(text)) return { kind: 'user', id: text };
  if (/^S[A-Z0-9]{1,30}$/.test(text)) return { kind: 'group', id: text };
  if (/^@[\p{L}\p{N}._-]{1,80}$/u.test(text)) return { kind: 'handle', handle: text.slice(1) };
  if (/^[^\s@<>"]{1,64}@[^\s@<>".]+(?:\.[^\s@<>".]+)+$/.test(text)) return { kind: 'email', email: text };
  return undefined;
}

const PERSON = 'a Slack user id (U…, W…), a user group id (S…), a "@group-handle" in quotes or an e-mail address';
const CHANNEL = 'a channel as "#name" in quotes, lower case, or its id (C…, G…)';
const VALUE = 'the way to a number in the JSON answer, such as error_rate, data.p95 or series[0].value';
const APPROVE = 'a list of roles such as [engineering-lead], or { any: 2, of: [role, …] }';
const TO = 'off, previous, or a percentage from 0 to 100';
export const ROWS = 'exactly one column with the rows that move together, such as { name: [NEW_CHECKOUT] }';
const COLUMN = 'a column name of letters, digits and underscores';

const role = name('a role');
const column = matching(COLUMN, /^[A-Za-z_][A-Za-z0-9_]{0,62}$/);
const percent = (text: string) => z.number(text).gt(0, text).lte(100, text);
const number = z.number('a number');

const limit = z.strictObject(
  { above: number.optional(), below: number.optional(), at_least: number.optional(), at_most: number.optional() },
  'a mapping with one of above, below, at_least, at_most',
);

const memory = z.strictObject({ kind: z.literal('memory'), name: name('a name') });

const httpProbe = z.strictObject({
  kind: z.literal('http'),
  url: url('an http or https address', ['http:', 'https:']),
  value: matching(VALUE, /^(?:[^.[\]\s"']+|\[\d{1,6}\])(?:\.[^.[\]\s"']+|\[\d{1,6}\])*$/),
  headers: z
    .record(
      matching('a header name', /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}$/),
      matching('a header value on one line', /^[\t\x20-\x7e]{1,2000}$/),
      'a mapping of headers',
    )
    .default({}),
  timeout: duration(10_000, '10s').prefault('3s'),
});

const postgresTarget = z.strictObject({
  kind: z.literal('postgres'),
  url: url(`a postgres:// address, best as \${NAME}`, ['postgres:', 'postgresql:']),
  table: matching(
    'a table name, perhaps with its schema, such as public.feature_flags',
    /^[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62})?$/,
  ),
  // Exactly one column: a rule, so that it is told together with mistakes in the names.
  rows: z.record(column, listOf('row names', line('a row name', 200), 100), ROWS),
  columns: z.strictObject(
    { exposure: column, enabled: column, updated_at: column.optional() },
    'a mapping with exposure, enabled and perhaps updated_at',
  ),
});

const probe = z.discriminatedUnion('kind', [httpProbe, memory], 'a mapping with a kind: http or memory');
const target = z.discriminatedUnion('kind', [postgresTarget, memory], 'a mapping with a kind: postgres or memory');

const check = z.strictObject(
  {
    title: line('a title', 80).optional(),
    unit: line('a unit', 12).default(''),
    probe,
    warning: limit.optional(),
    critical: limit.optional(),
  },
  'a mapping with a probe and limits',
);

const anyOf = z.strictObject({
  any: z
    .int('a whole number of people, 1 to 20')
    .min(1, 'a whole number of people, 1 to 20')
    .max(20, 'a whole number of people, 1 to 20'),
  of: listOf('roles', role, 20),
});

const stage = z.strictObject(
  {
    stage: name('a stage name'),
    title: line('a title', 80).optional(),
    exposure: percent('a percentage above 0, at most 100, as a plain number'),
    bake: duration(365 * DAY_MS, '365d'),
    check_every: duration(DAY_MS, '24h').prefault('1m'),
    approve: z.union([listOf('roles', role, 20), anyOf], APPROVE).optional(),
  },
  'a mapping with stage, exposure and bake',
);

const rollback = z.strictObject(
  {
    to: z.union([z.literal('off'), z.literal('previous'), z.number().min(0).max(100)], TO),
    within: duration(60 * MINUTE, '1h').prefault('30s'),
  },
  'a mapping with to and perhaps within',
);

export const planSchema = z.strictObject(
  {
    plan: matching('a name of lower-case letters, digits and dashes, a letter first, at most 60 characters', PLAN_NAME),
    title: line('a title', 80),
    channel: matching(CHANNEL, /^(?:#[\p{Ll}\p{Lo}\p{N}_-]{1,80}|[CG][A-Z0-9]{1,30})$/u),
    timezone: read('a time zone such as Europe/Berlin', timezone).prefault('UTC'),
    links: z
      .record(
        line('a name for the link', 40),
        url('an http or https address', ['http:', 'https:']),
        'a mapping of links',
      )
      .default({}),
    contact: z.array(role, 'a list of roles').max(20, 'a list of at most 20 roles').default([]),
    people: mapOf('roles', { key: role, value: listOf('people', read(PERSON, person), 50), most: 50 }),
    targets: mapOf('targets', { key: name('a target name'), value: target, most: 12 }),
    checks: mapOf('checks', { key: name('a check name'), value: check, most: 100 }),
    stages: listOf('stages', stage, 50),
    rollback,
  },
  'a plan: a mapping with plan, title, channel, people, targets, checks, stages and rollback',
);

/** A plan file whose shape is right; the rules that compare places come after. */
export type PlanFile = z.output<typeof planSchema>;

export const PROBE_KEYS = { http: Object.keys(httpProbe.shape), memory: Object.keys(memory.shape) };
export const TARGET_KEYS = { postgres: Object.keys(postgresTarget.shape), memory: Object.keys(memory.shape) };

/** The keys of each place whose keys do not depend on a kind. */
export const KEYS = {
  plan: Object.keys(planSchema.shape),
  columns: Object.keys(postgresTarget.shape.columns.shape),
  check: Object.keys(check.shape),
  limit: Object.keys(limit.shape),
  stage: Object.keys(stage.shape),
  approve: Object.keys(anyOf.shape),
  rollback: Object.keys(rollback.shape),
};
