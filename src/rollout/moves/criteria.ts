/** Criteria of the stage that is to be left: looked at in every round of checks once its bake is over. */
import { checkIn, limitsInNumbers } from '../health/in-force.js';
import { meanOf } from '../health/mean.js';
import type { Streak } from '../health/streak.js';
import { BOT } from '../plan/actor.js';
import type { CriterionPlan } from '../plan/criteria.js';
import { breaks } from '../plan/verdict.js';
import type { Fact } from '../state/commands.js';
import type { ItemState } from '../state/item-state.js';
import type { Criterion, ListState } from '../state/list-state.js';
import { isTime } from '../state/lists.js';
import type { Rollout } from '../state/rollout.js';
import { Draft } from './draft.js';

type Assessed = Extract<Fact, { type: 'assessed' }>;

/** A mean of less says little. */
const LEAST_WINDOWS = 5;

/** What a look at a criterion says. `open`: it cannot be told yet. */
interface Look {
  readonly to: Extract<ItemState, 'open' | 'done' | 'failed'>;
  readonly note: string;
}

/** A round that was read before a move says nothing of the stage after it. */
export function noteCriteria(draft: Draft, fact: Assessed): void {
  const { stage } = draft.state;
  if (fact.stageNo !== stage.no || fact.attempt !== stage.attempt) return;
  for (const list of draft.state.lists.filter((one) => one.state === 'open' && isTime(draft.state, one))) {
    for (const criterion of list.criteria) note(draft, { list, criterion, fact });
  }
}

interface Place {
  readonly list: ListState;
  readonly criterion: Criterion;
  readonly fact: Assessed;
}

/** Recorded when it changes, not in every round. What a person waived stays so. */
function note(draft: Draft, { list, criterion, fact }: Place): void {
  const { no, title, required, state: was, work } = criterion;
  if (was === 'waived') return;
  const { to, note: words } = look(draft.state, work, fact);
  if (to === 'open') askFor(draft, work.check);
  if (to === was) return;
  const bot = new Draft(draft.state, BOT, draft.now);
  const { kind, stageNo, opening } = list;
  const item = { kind, stageNo, opening, no };
  bot.add({ type: 'item_changed', item, title, was, to, required, note: words, roles: [] });
  draft.take(bot);
}

function look(rollout: Rollout, work: CriterionPlan, { streaks }: Assessed): Look {
  const check = checkIn(rollout, work.check);
  const streak = streaks[work.check];
  const limits = limitsInNumbers(work.broken, work.check, rollout);
  if (!check || !streak) return { to: 'open', note: 'not read yet' };
  if (limits === null) return { to: 'open', note: 'what it is compared with is not known' };
  const read = check.probe.kind === 'manual' ? reportedSince(rollout, work.check) : measured(streak, check.windowMs);
  if ('missing' in read) return { to: 'open', note: read.missing };
  const broken = read.values.some((value) => limits.some((limit) => breaks(limit, value)));
  return { to: broken ? 'failed' : 'done', note: `${read.words}${unitWords(check.unit)}` };
}

function unitWords(unit: string): string {
  return unit === '' ? '' : ` ${unit}`;
}

type Values = { readonly values: readonly number[]; readonly words: string } | { readonly missing: string };

/** The mean since the exposure was read back, and the last number: one good minute does not make up for a bad day. */
function measured({ sum, value, unknownInRow }: Streak, windowMs: number): Values {
  const mean = meanOf(sum);
  if (value === null || unknownInRow > 0) return { missing: 'no number' };
  if (mean === null || !sum || sum.ms < LEAST_WINDOWS * windowMs)
    return { missing: 'measured for less than five windows' };
  return { values: [mean, value], words: `mean ${rounded(mean)}, now ${rounded(value)}` };
}

/** A number from before the bake was over says nothing of all of it. */
function reportedSince({ health, bake }: Rollout, check: string): Values {
  const report = Object.hasOwn(health.reports, check) ? health.reports[check] : undefined;
  const { last } = bake;
  if (!report || !last || report.at.getTime() < last.passedAt.getTime())
    return { missing: 'not reported since the bake is over' };
  return { values: [report.value], words: `reported ${rounded(report.value)}` };
}

/** Once when the bake is over; then at the rhythm of the check, as ever. */
function askFor(draft: Draft, name: string): void {
  const { health, bake, plan } = draft.state;
  if (plan.checks.find((check) => check.name === name)?.probe.kind !== 'manual' || !bake.last) return;
  const asked = Object.hasOwn(health.asked, name) ? health.asked[name] : undefined;
  if (asked && asked.at.getTime() >= bake.last.passedAt.getTime()) return;
  draft.add({ type: 'report_asked', check: name });
  draft.show(`report:${name}:${draft.state.seq}`, { template: 'report_due', check: name });
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(4)));
}
