/** Limits: one condition each, at least one per check that no criterion asks about, and a warning that comes before the critical one. */

import type { PlannedLimit, Reference } from '../../rollout/plan/plan.js';
import { sameValue } from '../../rollout/plan/same-value.js';
import { isFloor, isInclusive, OPERATORS } from '../../rollout/plan/verdict.js';
import { itemsIn, writtenLists } from '../language/lists.js';
import type { CheckOutline, LimitOutline, Outline, OverrideOutline } from '../language/outline.js';
import { parseReference } from '../values/limit-forms.js';
import type { Finding, Path } from '../values/problem.js';

const OPS = Object.keys(OPERATORS) as readonly (keyof typeof OPERATORS)[];

/** One limit of a plan file and where it stands. `stage` is the position of the stage that changes a check by it. */
export interface PlacedLimit {
  readonly path: Path;
  readonly check: string;
  readonly limit: LimitOutline;
  readonly stage?: number;
  /** `warning` or `critical`; a position in `limits`. */
  readonly key: 'warning' | 'critical' | number;
}

/** Every limit of the file, those of checks first. */
export function placedLimits(outline: Outline): PlacedLimit[] {
  const inChecks = Object.entries(outline.checks ?? {}).flatMap(([check, each]) =>
    limitsIn(each, { path: ['checks', check], check }),
  );
  const inStages = (outline.stages ?? []).flatMap((stage, index) =>
    Object.entries(stage?.checks ?? {}).flatMap(([check, each]) =>
      limitsIn(each, { path: ['stages', index, 'checks', check], check, stage: index }),
    ),
  );
  return [...inChecks, ...inStages];
}

type Limited = Pick<CheckOutline, 'warning' | 'critical' | 'limits'>;

/** The limits of a check in a stage that changes it; one that is `none` there is left out. */
export function withOverride(check: Limited | undefined, by: OverrideOutline | undefined): Limited {
  const { warning, critical, limits } = by ?? {};
  return {
    warning: warning === 'none' ? undefined : (noWord(warning) ?? check?.warning),
    critical: critical === 'none' ? undefined : (noWord(critical) ?? check?.critical),
    limits: limits === 'none' ? undefined : (noWord(limits) ?? check?.limits),
  };
}

function noWord<T>(given: T | string): T | undefined {
  return typeof given === 'string' ? undefined : given;
}

function limitsIn(
  each: Limited | OverrideOutline | undefined,
  at: Pick<PlacedLimit, 'path' | 'check' | 'stage'>,
): PlacedLimit[] {
  const named = (['warning', 'critical'] as const).flatMap((key): PlacedLimit[] => {
    const limit = noWord(each?.[key]);
    return limit ? [{ ...at, path: [...at.path, key], key, limit }] : [];
  });
  const others = (noWord(each?.limits) ?? []).flatMap((limit, key): PlacedLimit[] =>
    limit ? [{ ...at, path: [...at.path, 'limits', key], key, limit }] : [],
  );
  return [...named, ...others];
}

/** The conditions a limit names; a good one names exactly one. */
export function conditionsOf(limit: LimitOutline | undefined): PlannedLimit[] {
  return OPS.flatMap((op): PlannedLimit[] => {
    const bound = limit?.[op];
    if (bound === undefined) return [];
    if (typeof bound === 'number') return [{ op, value: bound }];
    const than = parseReference(bound);
    return than ? [{ op, than }] : [];
  });
}

/** `raw` tells a limit that is missing from one that is there but wrong. */
export function limitFindings(outline: Outline, raw: (path: Path) => unknown): Finding[] {
  const findings: Finding[] = [];
  const required = new Set(
    writtenLists(outline)
      .flatMap(itemsIn)
      .map(({ written }) => written.check),
  );
  for (const [name, check] of Object.entries(outline.checks ?? {})) {
    if (check === undefined) continue;
    const path = ['checks', name];
    const keys = (['warning', 'critical', 'limits'] as const).filter((key) => raw([...path, key]) !== undefined);
    if (keys.length === 0 && !required.has(name)) {
      const message = 'expected a warning or a critical limit, found neither: nothing would be judged';
      findings.push({ code: 'limit', path, on: 'key', message });
    }
    findings.push(...orderFindings(path, check));
  }
  for (const { path } of everyLimit(outline, raw)) findings.push(...oneConditionFindings(path, raw(path)));
  findings.push(...overrideOrderFindings(outline));
  return findings;
}

/** Also those that could not be made anything of. */
function everyLimit(outline: Outline, raw: (path: Path) => unknown): { path: Path }[] {
  const places: Path[] = [
    ...Object.keys(outline.checks ?? {}).map((name): Path => ['checks', name]),
    ...(outline.stages ?? []).flatMap((stage, index) =>
      Object.keys(stage?.checks ?? {}).map((name): Path => ['stages', index, 'checks', name]),
    ),
  ];
  return places.flatMap((place) => {
    const list = raw([...place, 'limits']);
    const others = Array.isArray(list) ? list.map((_, index) => ({ path: [...place, 'limits', index] })) : [];
    return [{ path: [...place, 'warning'] }, { path: [...place, 'critical'] }, ...others];
  });
}

function oneConditionFindings(path: Path, limit: unknown): Finding[] {
  if (typeof limit !== 'object' || limit === null || Array.isArray(limit)) return [];
  const given = OPS.filter((op) => op in limit);
  // A limit with none of the four but keys that are none is already refused for those.
  const strange = Object.keys(limit).some((key) => !['do', 'for', 'fail'].includes(key));
  if (given.length === 1 || (given.length === 0 && strange)) return [];
  const message = `expected exactly one of above, below, at_least, at_most, found ${given.join(' and ') || 'none'}`;
  return [{ code: 'limit', path, on: 'key', message }];
}

function overrideOrderFindings(outline: Outline): Finding[] {
  return (outline.stages ?? []).flatMap((stage, index) =>
    Object.entries(stage?.checks ?? {}).flatMap(([name, by]): Finding[] => {
      const path = ['stages', index, 'checks', name];
      // What the stage does not change was judged where it stands.
      const key = (['warning', 'critical'] as const).find((each) => noWord(by?.[each]) !== undefined);
      return key ? orderFindings(path, withOverride(outline.checks?.[name], by), key) : [];
    }),
  );
}

function orderFindings(path: Path, check: Limited, key: 'warning' | 'critical' = 'warning'): Finding[] {
  const [warning, ...moreWarnings] = conditionsOf(check.warning);
  const [critical, ...moreCriticals] = conditionsOf(check.critical);
  if (!warning || !critical || moreWarnings.length > 0 || moreCriticals.length > 0) return [];
  const at = { code: 'limit', path: [...path, key], on: 'key' } as const;
  const found = `${words(warning)} with critical ${words(critical)}`;
  if (isHigh(warning) !== isHigh(critical)) {
    return [{ ...at, message: `expected warning and critical in the same direction, found ${found}` }];
  }
  const first = comesFirst(warning, critical);
  return first === false ? [{ ...at, message: `expected a warning that comes before critical, found ${found}` }] : [];
}

function isHigh(condition: PlannedLimit): boolean {
  return !isFloor(condition);
}

/** True when some reading is a warning and not yet critical; undefined when only a measurement will tell. */
function comesFirst(warning: PlannedLimit, critical: PlannedLimit): boolean | undefined {
  const [low, high] = comparable(warning, critical) ?? [];
  if (low === undefined || high === undefined) return undefined;
  if (low === high) return isInclusive(warning) && !isInclusive(critical);
  return isHigh(warning) ? low < high : low > high;
}

/** Two numbers in the same order as the limits, whatever is measured (and that is no less than zero). */
function comparable(a: PlannedLimit, b: PlannedLimit): [number, number] | undefined {
  if (a.value !== undefined && b.value !== undefined) return [a.value, b.value];
  if (!a.than || !b.than) return undefined;
  if (!sameValue(a.than.of, b.than.of)) return undefined;
  if (a.than.times === b.than.times) return [a.than.plus, b.than.plus];
  return a.than.plus === 0 && b.than.plus === 0 ? [a.than.times, b.than.times] : undefined;
}

function words({ op, value, than }: PlannedLimit): string {
  return `${op.replace('_', ' ')} ${than ? referenceWords(than) : value}`;
}

function referenceWords({ of, times, plus }: Reference): string {
  const name = of.kind === 'baseline' ? 'baseline' : `stage:${of.stage}`;
  if (plus !== 0) return `${name} ${plus > 0 ? '+' : '-'} ${Math.abs(plus)}`;
  return times === 1 ? name : `${name} * ${times}`;
}
