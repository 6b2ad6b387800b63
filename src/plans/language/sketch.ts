/**
 * Words that plans will have but that nothing executes yet. They are refused by name, so that nobody takes a
 * key for working because the file was accepted, nor for a spelling mistake because it was not.
 */
import type { Path } from '../values/problem.js';

/** The places of a plan that have keys of their own. */
export type PlanPart =
  | 'plan'
  | 'target'
  | 'rows'
  | 'columns'
  | 'switch'
  | 'users'
  | 'tenants'
  | 'set'
  | 'off'
  | 'read'
  | 'per'
  | 'check'
  | 'probe'
  | 'heartbeat'
  | 'limit'
  | 'override'
  | 'bake'
  | 'stage_rollback'
  | 'stage'
  | 'approve'
  | 'every_stage'
  | 'item'
  | 'grouped_item'
  | 'by'
  | 'item_request'
  | 'item_query'
  | 'item_verify'
  | 'item_expect'
  | 'reminders'
  | 'hours'
  | 'templates'
  | 'rollback';

const words = (text: string): string[] => text.split(' ');

/** For the plan as a whole, or for one stage. */
const AROUND_STAGES = [
  ...words('approvals commander drill escalation finally inputs issues notify reports reviews'),
  ...words('steps waivers watch when windows'),
];

/** What the bot does itself, and when. */
const IN_ITEMS = [
  ...words('alerts baseline issues drill'),
  ...words('at due every soak undo remember manual show when once in_drill'),
  ...words('to unchanged_for'),
];

export const SKETCHED_KEYS: Readonly<Record<PlanPart, readonly string[]>> = {
  plan: [...AROUND_STAGES, ...words('emergency freeze goal limits messages')],
  target: words('previous verify when'),
  rows: [],
  columns: [],
  switch: [],
  users: [],
  tenants: [],
  set: [],
  off: [],
  read: [],
  per: [],
  check: words('count fresh goal group no_data rising total when'),
  probe: words('body count method total'),
  heartbeat: [],
  limit: words('rising when'),
  override: [],
  bake: words('min_samples'),
  stage_rollback: words('on'),
  stage: [...AROUND_STAGES, ...words('goal limits min_samples off previous set target targets')],
  approve: ['when'],
  every_stage: [],
  item: IN_ITEMS,
  grouped_item: IN_ITEMS,
  by: ['when'],
  item_request: [],
  item_query: [],
  item_verify: [],
  item_expect: [],
  reminders: [],
  hours: [],
  templates: [],
  rollback: words('do if_not_confirmed on postmortem verify'),
};

export const SKETCHED_TARGETS = ['unleash', 'launchdarkly', 'vercel', 'file', 'mysql', 'builtin'];
export const SKETCHED_PROBES = ['builtin'];

/** Which place a path leads to; undefined for lists and for mappings whose keys are free. */
export function placeOf(path: Path): PlanPart | undefined {
  const [section, , third] = path;
  if (path.length === 0) return 'plan';
  if (path.length === 1) return nestedPlace(section, ['rollback', 'reminders', 'templates', 'every_stage']);
  if (section === 'before' || section === 'after' || section === 'after_rollback') return itemPlace(path.slice(1));
  if (section === 'every_stage')
    return ['before', 'exit'].includes(String(path[1])) ? itemPlace(path.slice(2)) : undefined;
  if (section === 'reminders') return path.length === 2 ? nestedPlace(path[1], ['hours']) : undefined;
  if (section === 'targets') return path.length === 2 ? 'target' : targetPlace(path.slice(2));
  if (section === 'stages') return stagePlace(path.slice(2));
  if (section !== 'checks') return undefined;
  if (path.length === 2) return 'check';
  if (third === 'probe') return probePlace(path.slice(3));
  return limitPlace(path.slice(2));
}

/** A part of a target; of a list of requests, one of them. */
function targetPlace([key, index, ...more]: Path): PlanPart | undefined {
  if (index === undefined)
    return nestedPlace(key, ['rows', 'columns', 'switch', 'users', 'tenants', 'set', 'off', 'read', 'per']);
  return typeof index === 'number' && more.length === 0 ? nestedPlace(key, ['set', 'off']) : undefined;
}

/** A probe itself, or what it says of its source's heartbeat. */
function probePlace([key, more]: Path): PlanPart | undefined {
  if (key === undefined) return 'probe';
  return more === undefined ? nestedPlace(key, ['heartbeat']) : undefined;
}

function stagePlace(path: Path): PlanPart | undefined {
  const [key, name, ...rest] = path;
  if (key === undefined) return 'stage';
  if (key === 'before' || key === 'exit') return itemPlace(path.slice(1));
  if (key === 'rollback') return name === undefined ? 'stage_rollback' : undefined;
  if (key !== 'checks') return name === undefined ? nestedPlace(key, ['approve', 'bake']) : undefined;
  if (name === undefined) return undefined;
  return rest.length === 0 ? 'override' : limitPlace(rest);
}

/** Inside a list: an item or a group, an item of a group, and whose it is. */
function itemPlace([index, key, ...more]: Path): PlanPart | undefined {
  if (index === undefined) return undefined;
  if (key === undefined) return 'item';
  if (key !== 'items') return insideItem(key, more);
  const [inner, innerKey, ...rest] = more;
  if (inner === undefined) return undefined;
  if (innerKey === undefined) return 'grouped_item';
  return insideItem(innerKey, rest);
}

function insideItem(key: string | number, [inner, ...more]: Path): PlanPart | undefined {
  if (key === 'verify' && inner !== undefined && more.length === 0) return actionPlace(inner);
  if (inner !== undefined) return undefined;
  if (key === 'verify') return 'item_verify';
  return nestedPlace(key, ['by']) ?? actionPlace(key);
}

function actionPlace(key: string | number): PlanPart | undefined {
  if (key === 'request') return 'item_request';
  if (key === 'query') return 'item_query';
  return key === 'expect' ? 'item_expect' : undefined;
}

/** Inside a check: its two named limits, and each of a list. */
function limitPlace([key, index, more]: Path): PlanPart | undefined {
  if (key === 'warning' || key === 'critical') return index === undefined ? 'limit' : undefined;
  return key === 'limits' && index !== undefined && more === undefined ? 'limit' : undefined;
}

function nestedPlace(key: string | number | undefined, places: readonly PlanPart[]): PlanPart | undefined {
  return places.find((place) => place === key);
}
