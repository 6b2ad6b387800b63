/**
 * The kinds of targets and probes a plan may name. A kind is one file here (how plans write it) and one in `src/targets`
 * or `src/probes` (what it does). Where `${NAME}` may stand in it is listed here, because secrets live there.
 */
import { z } from 'zod';
import type { ProbeConfig, TargetConfig } from '../../../rollout/plan/plan.js';
import type { Path } from '../../values/problem.js';
import type { StageSteps } from '../../values/stage-steps.js';
import { alertProbe, toAlertProbe } from './alert-probe.js';
import { execProbe, toExecProbe } from './exec-probe.js';
import { execTarget, toExecTarget } from './exec-target.js';
import { httpProbe, toHttpProbe } from './http-probe.js';
import { httpTarget, toHttpTarget } from './http-target.js';
import { manualProbe, toManualProbe } from './manual-probe.js';
import { memory } from './memory.js';
import { postgresTarget, toPostgresTarget } from './postgres-target.js';
import { prometheusProbe, toPrometheusProbe } from './prometheus-probe.js';
import { sqlProbe, toSqlProbe } from './sql-probe.js';

const TARGETS = { postgres: postgresTarget, http: httpTarget, exec: execTarget, memory } satisfies Record<
  TargetConfig['kind'],
  unknown
>;
const PROBES = {
  http: httpProbe,
  prometheus: prometheusProbe,
  sql: sqlProbe,
  exec: execProbe,
  manual: manualProbe,
  alert: alertProbe,
  memory,
} satisfies Record<ProbeConfig['kind'], unknown>;

export const target = z.discriminatedUnion(
  'kind',
  [TARGETS.postgres, TARGETS.http, TARGETS.exec, TARGETS.memory],
  `a mapping with a kind: ${listed(TARGETS)}`,
);
export const probe = z.discriminatedUnion(
  'kind',
  [PROBES.http, PROBES.prometheus, PROBES.sql, PROBES.exec, PROBES.manual, PROBES.alert, PROBES.memory],
  `a mapping with a kind: ${listed(PROBES)}`,
);

export function toTarget(file: z.output<typeof target>, steps: StageSteps): TargetConfig {
  switch (file.kind) {
    case 'postgres':
      return toPostgresTarget(file, steps);
    case 'http':
      return toHttpTarget(file, steps);
    case 'exec':
      return toExecTarget(file);
    case 'memory':
      return file;
    default:
      return file satisfies never;
  }
}

export function toProbe(file: z.output<typeof probe>): ProbeConfig {
  switch (file.kind) {
    case 'http':
      return toHttpProbe(file);
    case 'manual':
      return toManualProbe(file);
    case 'sql':
      return toSqlProbe(file);
    case 'exec':
      return toExecProbe(file);
    case 'alert':
      return toAlertProbe(file);
    case 'prometheus':
      return toPrometheusProbe(file);
    case 'memory':
      return file;
    default:
      return file satisfies never;
  }
}

/** The keys of each kind, for hints. */
export const TARGET_KEYS: Readonly<Record<string, readonly string[]>> = keysOf(TARGETS);
export const PROBE_KEYS: Readonly<Record<string, readonly string[]>> = keysOf(PROBES);

/**
 * Paths inside a target or a probe whose text may hold `${NAME}` and, once filled, secrets: addresses, headers, bodies. `*` is
 * any one key, `**` any number of them. A kind that does not have a path refuses the key itself.
 */
const OF_A_REQUEST = ['url', 'headers.*', 'body.**'];
const TARGET_CONNECTIONS = [
  'url',
  'headers.*',
  ...['set', 'off', 'read', 'set.*', 'off.*'].flatMap((request) => OF_A_REQUEST.map((part) => `${request}.${part}`)),
];
const PROBE_CONNECTIONS = ['url', 'headers.*'];
/** Behind an item or its `verify`. */
const ITEM_CONNECTIONS = ['query.url', 'request.url', 'request.headers.*', 'request.body', 'request.body.**'];

/** True for the values that may hold `${NAME}`. */
export function isConnectionValue(path: Path): boolean {
  const inItem = insideItem(path);
  if (inItem) return matches(ITEM_CONNECTIONS, inItem);
  const [section, , third, ...rest] = path;
  if (third === undefined) return false;
  if (section === 'targets') return matches(TARGET_CONNECTIONS, [third, ...rest]);
  return section === 'checks' && third === 'probe' && matches(PROBE_CONNECTIONS, rest);
}

/** What stands behind an item of a list, or behind its `verify`; undefined where the path leads into no item. */
function insideItem(path: Path): Path | undefined {
  const [section, second, third] = path;
  const isList = (key: string | number | undefined) => key === 'before' || key === 'exit';
  const plain = section === 'before' || section === 'after' || section === 'after_rollback';
  const length = plain
    ? 2
    : section === 'every_stage' && isList(second)
      ? 3
      : section === 'stages' && isList(third)
        ? 4
        : 0;
  if (length === 0) return undefined;
  const rest = path.slice(path[length] === 'items' ? length + 2 : length);
  return rest[0] === 'verify' ? rest.slice(1) : rest;
}

function matches(patterns: readonly string[], path: Path): boolean {
  return patterns.some((pattern) => {
    const steps = pattern.split('.');
    const open = steps.at(-1) === '**';
    const named = open ? steps.slice(0, -1) : steps;
    const fits = open ? path.length >= named.length : path.length === named.length;
    return fits && named.every((step, index) => step === '*' || step === path[index]);
  });
}

function keysOf(kinds: Readonly<Record<string, z.ZodObject>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(kinds).map(([kind, { shape }]) => [kind, Object.keys(shape)]));
}

function listed(kinds: object): string {
  const names = Object.keys(kinds);
  return [names.slice(0, -1).join(', '), names.at(-1)].join(' or ');
}
