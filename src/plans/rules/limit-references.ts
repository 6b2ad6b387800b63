/** What limits refer to: the baseline, stages, rhythms and places to roll back to. */

import { LEAST_PERCENT } from '../../rollout/plan/exposure.js';
import type { Outline, OverrideOutline } from '../language/outline.js';
import { parseDuration } from '../values/duration.js';
import { parseAct } from '../values/limit-forms.js';
import { didYouMean } from '../values/near-miss.js';
import { expected, type Finding, type Path } from '../values/problem.js';
import { conditionsOf, type PlacedLimit, placedLimits, withOverride } from './limits.js';
import { stageExposures } from './populations.js';

const DEFAULT_RHYTHM_MS = 60_000;

/** Everything in limits that compares them with another place of the plan. */
export function limitReferenceFindings(outline: Outline): Finding[] {
  return [
    ...overrideFindings(outline),
    ...idleFindings(outline),
    ...placedLimits(outline).flatMap((placed) => [
      ...referenceFindings(placed, outline),
      ...patienceFindings(placed, outline),
      ...actFindings(placed, outline),
    ]),
  ];
}

/** A stage changes checks of this plan, and leaves them something to be judged by. */
function overrideFindings(outline: Outline): Finding[] {
  if (outline.checks === undefined) return [];
  const known = Object.keys(outline.checks);
  return (outline.stages ?? []).flatMap((stage, index) =>
    Object.entries(stage?.checks ?? {}).flatMap(([name, by]): Finding[] => {
      const path = ['stages', index, 'checks', name];
      const check = outline.checks?.[name];
      if (!check) {
        const message = expected(`a check of this plan (${known.join(', ')})`, name);
        const guess = didYouMean(name, known);
        return [{ code: 'unknown_check', path, on: 'key', message, guess }];
      }
      const left = Object.values(withOverride(check, by)).some((limit) => limit !== undefined);
      const message = 'expected a limit that is left in this stage, found none: nothing would be judged';
      return left ? [] : [{ code: 'limit', path, on: 'key', message }];
    }),
  );
}

/** A check whose only limits are against stages that are not over yet would judge nothing until then. */
function idleFindings(outline: Outline): Finding[] {
  const names = (outline.stages ?? []).map((stage) => stage?.stage);
  return Object.entries(outline.checks ?? {}).flatMap(([name, check]): Finding[] => {
    const idle = (outline.stages ?? []).findIndex((stage, index) => {
      const limits = Object.values(withOverride(check, stage?.checks?.[name])).flatMap((given) => given ?? []);
      const conditions = limits.flatMap(conditionsOf);
      // One that could not be read is reported at its own line.
      if (conditions.length < limits.length || conditions.length === 0) return false;
      return conditions.every(({ than }) => than?.of.kind === 'stage' && names.indexOf(than.of.stage) >= index);
    });
    if (idle === -1) return [];
    const message = `expected a limit that holds in stage ${names[idle] ?? ''}, found only limits against stages that are not over by then`;
    return [{ code: 'limit', path: ['checks', name], on: 'key', message }];
  });
}

function referenceFindings({ path, limit, check, stage: within }: PlacedLimit, outline: Outline): Finding[] {
  const [condition] = conditionsOf(limit);
  if (!condition?.than) return [];
  const at = [...path, condition.op];
  const { of } = condition.than;
  if (of.kind === 'baseline') {
    if (outline.checks?.[check]?.probe?.kind === 'manual') {
      const message = 'expected a number, found a baseline: nobody measures what people report before it begins';
      return [{ code: 'limit', path: at, message }];
    }
    if (outline.baseline !== undefined) return [];
    const message =
      'expected a baseline to compare with, found none: the plan needs baseline: and how long, such as 30m';
    return [{ code: 'limit', path: at, message }];
  }
  const names = (outline.stages ?? []).flatMap((stage) => stage?.stage ?? []);
  const no = names.indexOf(of.stage);
  if (no === -1) {
    const message = expected(`a stage of this plan (${names.join(', ')})`, of.stage);
    const guess = didYouMean(of.stage, names);
    return [{ code: 'unknown_stage', path: at, message, guess }];
  }
  // What a stage measured is known when its bake has passed.
  const never = within === undefined ? no === names.length - 1 : no >= within;
  if (!never) return [];
  const message = expected('a stage that comes before the one it is compared in', of.stage);
  return [{ code: 'order', path: at, message }];
}

function patienceFindings({ path, limit, check, stage, key }: PlacedLimit, outline: Outline): Finding[] {
  const findings: Finding[] = [];
  const { for: lasts, fail } = limit;
  if (lasts !== undefined && fail !== undefined) {
    findings.push({ code: 'limit', path: [...path, 'fail'], on: 'key', message: 'expected for or fail, found both' });
  }
  const ms = lasts === undefined ? undefined : parseDuration(lasts);
  if (ms === undefined) return findings;
  const slow = (outline.stages ?? []).find((each, index) => {
    const judges = stage === undefined ? !changes(each?.checks?.[check], key) : index === stage;
    return judges && rhythmOf(each?.check_every) * 2 > ms;
  });
  if (!slow) return findings;
  const every = slow.check_every ?? '1m';
  const message = `expected at least twice the check_every of stage ${slow.stage ?? ''} (${every}), found "${lasts}": that rhythm cannot judge it`;
  return [...findings, { code: 'limit', path: [...path, 'for'], message }];
}

function changes(by: OverrideOutline | undefined, key: PlacedLimit['key']): boolean {
  return by?.[typeof key === 'number' ? 'limits' : key] !== undefined;
}

function rhythmOf(text: string | undefined): number {
  return text === undefined ? DEFAULT_RHYTHM_MS : (parseDuration(text) ?? 0);
}

/** `rollback to` names a stage or a percentage; in a stage, one below it. */
function actFindings({ path, limit, stage }: PlacedLimit, outline: Outline): Finding[] {
  const act = limit.do === undefined ? undefined : parseAct(limit.do);
  if (act?.kind !== 'rollback' || act.to === undefined || act.to === 'off' || act.to === 'previous') return [];
  const at: Path = [...path, 'do'];
  const stages = outline.stages ?? [];
  const names = stages.flatMap((each) => each?.stage ?? []);
  const exposures = stageExposures(outline);
  const named = stages.findIndex((each) => each?.stage === act.to);
  const to = exposures[named] ?? Number(act.to);
  const tooSmall = named < 0 && to > 0 && to < LEAST_PERCENT;
  if (!Number.isFinite(to) || to < 0 || to >= 100 || tooSmall) {
    const message = expected(`off, previous, a percentage below 100 or a stage (${names.join(', ')})`, act.to);
    const guess = didYouMean(act.to, names);
    return [{ code: 'unknown_stage', path: at, message, guess }];
  }
  const here = stage === undefined ? undefined : exposures[stage];
  if (here === undefined || to < here) return [];
  return [{ code: 'order', path: at, message: expected(`less than ${here}, the exposure of this stage`, to) }];
}
