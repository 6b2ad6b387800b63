/**
 * The shape of a plan file: every key, its type and its default. The message of each rule is what was expected;
 * `findings.ts` adds what was found, `parse.ts` lists the rules that compare two places.
 */
import { z } from 'zod';
import { LEAST_PERCENT } from '../../rollout/plan/exposure.js';
import { DAYS, RESTARTS, type Template } from '../../rollout/plan/plan.js';
import { DAY_MS } from '../values/duration.js';
import {
  duration,
  durationIn,
  line,
  listOf,
  mapOf,
  matching,
  name,
  person,
  read,
  url,
  wholeNumber,
} from '../values/forms.js';
import { limit, limits, override, reportEvery } from '../values/limit-forms.js';
import { parseTimeOfDay } from '../values/time-of-day.js';
import { timezone } from '../values/time-zones.js';
import { request as itemRequest, query, verify } from './item-actions.js';
import { anyOf, everyStage, grouped, item, list, role } from './items.js';
import { heartbeat } from './kinds/alert-probe.js';
import { httpTarget, httpWrite } from './kinds/http-target.js';
import { probe, target } from './kinds/index.js';
import { MOST_TENANTS, POSTGRES_KEYS } from './kinds/postgres-target.js';

const MINUTE = 60_000;
export const PLAN_NAME = /^[a-z][a-z0-9-]{0,59}$/;

const PERSON = 'a Slack user id (U…, W…), a user group id (S…), a "@group-handle" in quotes or an e-mail address';
const CHANNEL = 'a channel as "#name" in quotes, lower case, or its id (C…, G…)';
const APPROVE = 'a list of roles such as [engineering-lead], or { any: 2, of: [role, …] }';
const EXPOSURE = `a percentage from ${LEAST_PERCENT} to 100 as a plain number, or on`;
const TO = `off, previous, or a percentage from ${LEAST_PERCENT} to 100`;
const DAY = `one of ${DAYS.join(', ')}`;
const TIME = 'a time of day in quotes with two digits each, such as "09:00"';

const percent = (text: string) => z.number(text).min(LEAST_PERCENT, text).max(100, text);

const check = z.strictObject(
  {
    title: line('a title', 80).optional(),
    unit: line('a unit', 12).default(''),
    probe,
    window: duration(30 * DAY_MS, '30d').optional(),
    share: z.boolean('true or false').optional(),
    warning: limit.optional(),
    critical: limit.optional(),
    limits: limits.optional(),
  },
  'a mapping with a probe and limits',
);

const advance = z.enum(['auto', 'manual'], 'auto or manual');

const BAKE =
  'a duration such as 30s, 15m, 24h, 7d or 1h30m, at most 365d, or { for: 24h, max: 72h, restarts_on: [warning] }';
const bake = z.strictObject(
  {
    for: duration(365 * DAY_MS, '365d'),
    max: duration(365 * DAY_MS, '365d').optional(),
    restarts_on: listOf('causes', z.enum(RESTARTS, `one of ${RESTARTS.join(', ')}`), RESTARTS.length).optional(),
  },
  BAKE,
);

const to = z.union([z.literal('off'), z.literal('previous'), z.literal(0), percent(TO)], TO);
const stageRollback = z.strictObject({ to }, 'a mapping with to');

const stage = z.strictObject(
  {
    stage: name('a stage name'),
    title: line('a title', 80).optional(),
    // Exactly one of these three: a rule, so that it is told together with mistakes in them.
    exposure: z.union([percent(EXPOSURE), z.literal('on')], EXPOSURE).optional(),
    users: listOf('users', line('a user id', 200), 100).optional(),
    tenants: listOf('tenants', line('a tenant', 200), MOST_TENANTS).optional(),
    of: line('whose percentage it is', 40).optional(),
    bake: z.union([duration(365 * DAY_MS, '365d'), bake], BAKE),
    check_every: duration(DAY_MS, '24h').prefault('1m'),
    approve: z.union([listOf('roles', role, 20), anyOf], APPROVE).optional(),
    advance: advance.optional(),
    report_every: reportEvery.optional(),
    checks: mapOf('checks', { key: name('a check name'), value: override, most: 100 }).optional(),
    rollback: stageRollback.optional(),
    before: list.optional(),
    exit: list.optional(),
  },
  'a mapping with stage, exposure and bake',
);

const rollback = z.strictObject(
  {
    to,
    within: duration(60 * MINUTE, '1h').prefault('30s'),
  },
  'a mapping with to and perhaps within',
);

const hours = z.strictObject(
  {
    days: listOf('days', z.enum(DAYS, DAY), 7).prefault(['mon', 'tue', 'wed', 'thu', 'fri']),
    from: read(TIME, parseTimeOfDay),
    to: read(TIME, parseTimeOfDay),
  },
  'a mapping with from, to and perhaps days',
);

const reminders = z.strictObject(
  {
    every: durationIn('a duration from 5m to 7d, such as 30m, 4h or 1h30m', {
      from: 5 * MINUTE,
      to: 7 * DAY_MS,
    }).prefault('4h'),
    at_most: wholeNumber('a whole number of reminders', { from: 0, to: 50 }).default(6),
    hours: hours.optional(),
  },
  'a mapping with every, at_most or hours',
);

const words = line('a text', 300).exactOptional();
const templates = z.strictObject(
  {
    approval_request: words,
    stage_start: words,
    stage_complete: words,
    alert: words,
    incident: words,
    completed: words,
  } satisfies Record<Template, typeof words>,
  'a mapping of posts to their first line',
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
    baseline: durationIn('a duration from 10s to 30d, such as 30m or 24h', {
      from: 10_000,
      to: 30 * DAY_MS,
    }).optional(),
    report_every: reportEvery.optional(),
    advance: advance.optional(),
    approve_within: durationIn('a duration from 5m to 30d, such as 30m, 24h or 2d', {
      from: 5 * MINUTE,
      to: 30 * DAY_MS,
    }).optional(),
    reminders: reminders.optional(),
    templates: templates.optional(),
    before: list.optional(),
    every_stage: everyStage.optional(),
    after: list.optional(),
    after_rollback: list.optional(),
    rollback,
  },
  'a plan: a mapping with plan, title, channel, people, targets, checks, stages and rollback',
);

/** A plan file whose shape is right; the rules that compare places come after. */
export type PlanFile = z.output<typeof planSchema>;

/** The keys of each place whose keys do not depend on a kind. */
export const KEYS = {
  plan: Object.keys(planSchema.shape),
  ...POSTGRES_KEYS,
  set: Object.keys(httpWrite.shape),
  off: Object.keys(httpWrite.shape),
  read: Object.keys(httpTarget.shape.read.shape),
  per: Object.keys(httpTarget.shape.per.unwrap().shape),
  check: Object.keys(check.shape),
  heartbeat: Object.keys(heartbeat.shape),
  limit: Object.keys(limit.shape),
  override: Object.keys(override.shape),
  bake: Object.keys(bake.shape),
  stage_rollback: Object.keys(stageRollback.shape),
  stage: Object.keys(stage.shape),
  approve: Object.keys(anyOf.shape),
  every_stage: Object.keys(everyStage.shape),
  item: Object.keys(item.shape),
  grouped_item: Object.keys(grouped.shape),
  by: Object.keys(anyOf.shape),
  item_request: Object.keys(itemRequest.shape),
  item_query: Object.keys(query.shape),
  item_verify: Object.keys(verify.shape),
  item_expect: ['below', 'above', 'at_most', 'at_least', 'between'],
  reminders: Object.keys(reminders.shape),
  hours: Object.keys(hours.shape),
  templates: Object.keys(templates.shape),
  rollback: Object.keys(rollback.shape),
};
