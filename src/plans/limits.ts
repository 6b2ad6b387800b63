/** Limits: one condition each, at least one per check, and a warning that comes before the critical one. */
import type { Limit } from '../rollout/plan.js';
import type { LimitOutline, Outline } from './outline.js';
import type { Finding } from './problem.js';

const OPS = ['above', 'below', 'at_least', 'at_most'] as const;

/** The conditions a limit names; a good one names exactly one. */
function conditionsOf(limit: LimitOutline): Limit[] {
  return OPS.flatMap((op) => {
    const value = limit?.[op];
    return value === undefined ? [] : [{ op, value }];
  });
}

/** `raw` tells a limit that is missing from one that is there but wrong. */
export function limitFindings(outline: Outline, raw: (path: readonly string[]) => unknown): Finding[] {
  const findings: Finding[] = [];
  for (const [name, check] of Object.entries(outline.checks ?? {})) {
    if (check === undefined) continue;
    const keys = (['warning', 'critical'] as const).filter((key) => raw(['checks', name, key]) !== undefined);
    const others = raw(['checks', name, 'limits']) !== undefined;
    if (keys.length === 0 && !others) {
      const message = 'expected a warning or a critical limit, found neither: nothing would be judged';
      findings.push({ code: 'limit', path: ['checks', name], on: 'key', message });
    }
    for (const key of keys) findings.push(...oneConditionFindings(name, key, raw(['checks', name, key])));
    findings.push(...orderFindings(name, check));
  }
  return findings;
}

function oneConditionFindings(name: string, key: string, limit: unknown): Finding[] {
  if (typeof limit !== 'object' || limit === null || Array.isArray(limit)) return [];
  const given = OPS.filter((op) => op in limit);
  // A limit with none of the four but other keys is already refused for those.
  if (given.length === 1 || (given.length === 0 && Object.keys(limit).length > 0)) return [];
  const message = `expected exactly one of above, below, at_least, at_most, found ${given.join(' and ') || 'none'}`;
  return [{ code: 'limit', path: ['checks', name, key], on: 'key', message }];
}

function orderFindings(name: string, check: { warning?: LimitOutline; critical?: LimitOutline }): Finding[] {
  const [warning, ...moreWarnings] = conditionsOf(check.warning);
  const [critical, ...moreCriticals] = conditionsOf(check.critical);
  if (!warning || !critical || moreWarnings.length > 0 || moreCriticals.length > 0) return [];
  const path = ['checks', name, 'warning'];
  const found = `${words(warning)} with critical ${words(critical)}`;
  if (isHigh(warning) !== isHigh(critical)) {
    return [
      {
        code: 'limit',
        path,
        on: 'key',
        message: `expected warning and critical in the same direction, found ${found}`,
      },
    ];
  }
  if (comesFirst(warning, critical)) return [];
  const message = `expected a warning that comes before critical, found ${found}`;
  return [{ code: 'limit', path, on: 'key', message }];
}

function isHigh(limit: Limit): boolean {
  return limit.op === 'above' || limit.op === 'at_least';
}

/** True when some reading is a warning and not yet critical. */
function comesFirst(warning: Limit, critical: Limit): boolean {
  if (warning.value === critical.value) return isInclusive(warning) && !isInclusive(critical);
  return isHigh(warning) ? warning.value < critical.value : warning.value > critical.value;
}

function isInclusive(limit: Limit): boolean {
  return limit.op === 'at_least' || limit.op === 'at_most';
}

function words(limit: Limit): string {
  return `${limit.op.replace('_', ' ')} ${limit.value}`;
}

/** The one condition of a limit that passed the rules. */
export function toLimit(limit: LimitOutline): Limit | undefined {
  return conditionsOf(limit)[0];
}
