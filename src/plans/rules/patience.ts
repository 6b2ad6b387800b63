/** How long limits take until they count, against the time there is: a bake, and the baseline they are compared with. */

import { ACTS } from '../../rollout/plan/acts.js';
import { isProbeKind, isRead, PROBE_KINDS } from '../../rollout/plan/probe-kinds.js';
import { bakeOf, type CheckOutline, type Outline, type StageOutline } from '../language/outline.js';
import { parseDuration, writtenDuration } from '../values/duration.js';
import { parseAct, parseFail } from '../values/limit-forms.js';
import { expected, type Finding } from '../values/problem.js';
import { rangeIn } from '../values/query-range.js';
import { conditionsOf, type PlacedLimit, placedLimits } from './limits.js';

const DEFAULT_RHYTHM = '1m';
const DEFAULT_TIMEOUT_MS = 3_000;
const BASELINE_WINDOWS = 5;
const SPAN_READINGS = 5;

export function patienceFindings(outline: Outline): Finding[] {
  return [
    ...windowFindings(outline),
    ...baselineFindings(outline),
    ...placedLimits(outline).flatMap((placed) => [...spanFindings(placed, outline), ...bakeFindings(placed, outline)]),
  ];
}

function windowFindings(outline: Outline): Finding[] {
  return Object.entries(outline.checks ?? {}).flatMap(([name, check]): Finding[] => {
    const kind = check?.probe?.kind ?? '';
    if (check?.window === undefined || !isSettled(kind)) return [];
    const message = `expected no window where the probe is of kind ${kind}, found one: its first number counts`;
    return [{ code: 'limit', path: ['checks', name, 'window'], on: 'key', message }];
  });
}

/** Numbers that share their data are one: a baseline of less than five is a baseline of chance. */
function baselineFindings(outline: Outline): Finding[] {
  const has = parseDuration(outline.baseline ?? '');
  if (has === undefined) return [];
  const compared = placedLimits(outline).filter(({ limit }) =>
    conditionsOf(limit).some(({ than }) => than?.of.kind === 'baseline'),
  );
  const windows = compared.flatMap(({ check }) => {
    const each = outline.checks?.[check];
    const ms = Math.max(0, ...(outline.stages ?? []).map((stage) => windowMs(each, stage) ?? 0));
    return each && ms > 0 ? [{ check, ms }] : [];
  });
  const [longest] = windows.sort((a, b) => b.ms - a.ms);
  if (!longest || has >= BASELINE_WINDOWS * longest.ms) return [];
  const least = writtenDuration(BASELINE_WINDOWS * longest.ms);
  const what = `at least ${least}, five windows of ${longest.check} (${writtenDuration(longest.ms)} each)`;
  return [{ code: 'limit', path: ['baseline'], message: expected(what, outline.baseline) }];
}

/** There have to be five numbers in the span, and each may take as long as the slowest probe. */
function spanFindings({ path, limit, check }: PlacedLimit, outline: Outline): Finding[] {
  const ms = parseDuration(limit.for ?? '');
  if (ms === undefined) return [];
  const { probe } = outline.checks?.[check] ?? {};
  const every = probe?.kind === 'manual' ? parseDuration(probe.every ?? '') : slowestMs(outline);
  if (every === undefined || ms >= SPAN_READINGS * every) return [];
  const why = probe?.kind === 'manual' ? `one each ${probe.every}` : `each may take ${writtenDuration(every)}`;
  const what = `at least ${writtenDuration(SPAN_READINGS * every)}, for five numbers of which ${why}`;
  return [{ code: 'limit', path: [...path, 'for'], message: expected(what, limit.for) }];
}

/** One number of such a probe is believed at once. */
function isSettled(kind: string): boolean {
  return isProbeKind(kind) && PROBE_KINDS[kind].settled;
}

function slowestMs(outline: Outline): number {
  const times = Object.values(outline.checks ?? {}).map((check) => {
    const { kind = '', timeout } = check?.probe ?? {};
    return isProbeKind(kind) && !isRead(kind) ? 0 : (parseDuration(timeout ?? '') ?? DEFAULT_TIMEOUT_MS);
  });
  return Math.max(1_000, ...times);
}

/** A limit that acts is no limit where the bake is over before it can count. */
function bakeFindings(placed: PlacedLimit, outline: Outline): Finding[] {
  const { path, limit, check: name, stage: within, key } = placed;
  const acts =
    key === 'critical' ||
    (typeof key === 'number' && ACTS[parseAct(limit.do ?? 'post')?.kind ?? 'post'].level === 'critical');
  const check = outline.checks?.[name];
  // A slow rhythm alone is not refused: the line on how long the limits take shows it for a short bake.
  const patient = limit.for ?? limit.fail ?? ownWindowMs(check);
  if (!acts || !check || patient === undefined) return [];
  const late = (outline.stages ?? []).find((stage, index) => {
    const judges =
      within === undefined
        ? stage?.checks?.[name]?.[typeof key === 'number' ? 'limits' : key] === undefined
        : index === within;
    const bake = parseDuration(bakeOf(stage).for ?? '');
    const takes = stage && takesMs(placed, check, stage);
    return judges && bake !== undefined && takes !== undefined && takes > bake;
  });
  const takes = late && takesMs(placed, check, late);
  if (!late || takes === undefined) return [];
  const what = `a limit that can count within the bake of stage ${late.stage ?? ''} (${bakeOf(late).for ?? ''})`;
  const how =
    limit.for !== undefined ? '' : `, by numbers that are ${writtenDuration(windowMs(check, late) ?? 0)} apart`;
  const message = `expected ${what}, found one that takes ${writtenDuration(takes)} at best${how}`;
  const part = limit.for !== undefined ? ['for'] : limit.fail !== undefined ? ['fail'] : [];
  return [{ code: 'limit', path: [...path, ...part], ...(part.length === 0 && { on: 'key' as const }), message }];
}

/** From the first bad number to the one that makes it count, ms. */
function takesMs({ limit }: PlacedLimit, check: CheckOutline, stage: StageOutline): number | undefined {
  if (limit.for !== undefined) return parseDuration(limit.for);
  const fail = limit.fail === undefined ? undefined : parseFail(limit.fail);
  const looks = fail?.count ?? (isSettled(check.probe?.kind ?? '') ? 1 : 2);
  const window = windowMs(check, stage);
  return window === undefined ? undefined : (looks - 1) * window;
}

function windowMs(check: CheckOutline | undefined, stage: StageOutline | undefined): number | undefined {
  if (check?.probe?.kind === 'manual') return parseDuration(check.probe.every ?? '');
  return (
    ownWindowMs(check) ??
    (check?.window === undefined ? parseDuration(stage?.check_every ?? DEFAULT_RHYTHM) : undefined)
  );
}

/** What the check says of its window, or its query does. */
function ownWindowMs(check: CheckOutline | undefined): number | undefined {
  if (check?.window !== undefined) return parseDuration(check.window);
  const { kind = '', query = '' } = check?.probe ?? {};
  return isProbeKind(kind) ? rangeIn(kind, query) : undefined;
}
