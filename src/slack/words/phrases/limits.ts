/** What limits do, in words: each by its own act, with the number that is in force. */
import { type JudgedCheck, type LimitBasis, rulesInForce } from '../../../rollout/health/in-force.js';
import { ACTS } from '../../../rollout/plan/acts.js';
import type { Act, Patience, Plan, PlannedLimit, Reference, RollbackTo } from '../../../rollout/plan/plan.js';
import { type LimitInForce, rulesOf } from '../../../rollout/plan/verdict.js';
import { capital, duration, escapeText, NBSP, number, percent, safe, theirs, unitPlain } from '../text.js';
import { exposureWords } from './exposure.js';

/** What is beyond the limit, and what is not. */
const BEYOND = { above: 'above', below: 'below', at_least: 'at or above', at_most: 'at or below' } as const;
const WITHIN = { above: 'at most', below: 'at least', at_least: 'below', at_most: 'above' } as const;

const MOST_CHANGES = 6;

/** `rolls back above 7.8 % (1.5 × baseline) for 5 m`, `to go on: at most 5 %`. */
function ruleWords(unit: string, { level, act, limit }: LimitInForce<PlannedLimit>, at: Place = percent): string {
  if (ACTS[act.kind].does === 'tells' && level === 'critical')
    return `to go on: ${WITHIN[limit.op]} ${limitNumber(limit, unit)}${patience(limit)}`;
  return `${actWords(act, at)} ${BEYOND[limit.op]} ${limitNumber(limit, unit)}${patience(limit)}`;
}

/** A percentage as this plan's people know it. */
type Place = (exposure: number) => string;

/** What a limit does, as a plan is shown: `rolls back to 10 %`. */
export function doesWords(act: Act): string {
  return actWords(act, percent);
}

function actWords(act: Act, at: Place): string {
  switch (act.kind) {
    case 'post':
      return 'warns';
    case 'hold':
      return 'pauses';
    case 'disable':
      return 'switches off';
    case 'rollback':
      return act.to ? `rolls back to ${placeWords(act.to, at)}` : 'rolls back';
    default:
      return act satisfies never;
  }
}

function placeWords(to: RollbackTo, at: Place): string {
  switch (to.kind) {
    case 'off':
      return 'off';
    case 'previous':
      return 'the stage before';
    case 'exposure':
      return at(to.exposure);
    default:
      return to satisfies never;
  }
}

/** What else happens by the limits of this check, each by its act: `Pauses above 4 %; rolls back above 5 %.` */
export function actingWords(check: JudgedCheck): string {
  const rules = rulesOf(check).filter(({ level }) => level === 'critical');
  return rules.length === 0 ? '' : `${capital(rules.map((rule) => ruleWords(check.unit, rule)).join('; '))}.`;
}

/** What the move lets other limits do: `Error rate: rolls back above 10 % → to go on: at most 5 %`; none where nothing changes. */
export function limitChanges(before: LimitBasis & { readonly plan: Plan }, stageNo: number): string[] {
  const place = (exposure: number) => exposureWords(before.plan, exposure);
  const all = before.plan.checks.flatMap(({ name, title, unit }) => {
    const words = (at: LimitBasis) => rulesInForce(at, name).map((rule) => ruleWords(unit, rule, place));
    const [was, will] = [words(before), words({ ...before, stage: { no: stageNo } })];
    const gone = was.filter((one) => !will.includes(one));
    const come = will.filter((one) => !was.includes(one));
    if (gone.length + come.length === 0) return [];
    const side = (some: readonly string[]) => (some.length === 0 ? 'no limit in its place' : some.join(', '));
    return [`${escapeText(title, 40)}: ${gone.length === 0 ? `also ${side(come)}` : `${side(gone)} → ${side(come)}`}`];
  });
  if (all.length <= MOST_CHANGES) return all;
  return [...all.slice(0, MOST_CHANGES), `and ${all.length - MOST_CHANGES} more`];
}

/** `5 %`, `7.8 % (1.5 × baseline)`; without a number yet, what it is reckoned from. */
export function limitNumber(limit: PlannedLimit, unit: string): string {
  return safe(limitPlain(limit, unit));
}

/** The same as plain text. */
export function limitPlain(limit: PlannedLimit, unit: string): string {
  if (limit.value === undefined) return referencePlain(limit.than, unit);
  const from = limit.than ? ` (${referencePlain(limit.than, unit)})` : '';
  return `${unitPlain(rounded(limit.value), unit)}${from}`;
}

/** A limit reckoned from a measurement has more digits than anybody compares. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** ` for 5 m`, ` in 3 of 5 readings`; '' for two in a row, which nobody has to be told. */
export function patience({ forMs, fail }: Patience): string {
  if (forMs !== undefined) return ` for ${duration(forMs)}`;
  return fail ? ` in ${fail.count} of ${fail.of} readings` : '';
}

/** `1.5 × baseline`, `stage wave-1 + 5 points`: what is added to a percentage are points of it, not a part. */
function referencePlain({ of, times, plus }: Reference, unit: string): string {
  const name = of.kind === 'baseline' ? 'baseline' : `stage ${theirs(of.stage, 40)}`;
  const scaled = times === 1 ? name : `${number(times)} × ${name}`;
  if (plus === 0) return scaled;
  return `${scaled} ${plus > 0 ? '+' : '−'} ${differencePlain(Math.abs(plus), unit)}`;
}

function differencePlain(value: number, unit: string): string {
  if (!isPercent(unit)) return unitPlain(value, unit);
  return `${number(value)}${NBSP}${value === 1 ? 'point' : 'points'}`;
}

/** Units under which a number has a mirror: what is missing to 100. */
export function isPercent(unit: string): boolean {
  return /^(?:%|％|pct|percent|per cent|percentage)$/i.test(unit.trim());
}
