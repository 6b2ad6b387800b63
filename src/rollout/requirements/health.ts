/** The checks allow it. How strictly they are read depends on who looks: a person, nobody, or an approver before. */
import type { Streak } from '../health/streak.js';
import type { Reason } from '../plan/reasons.js';
import { isWorse, type Verdict } from '../plan/verdict.js';
import type { Condition } from '../state/refusal.js';
import { beginsLater, type Rollout } from '../state/rollout.js';
import { inDoubt } from './doubt.js';
import { met, type Question, type Requirement, type RequirementAnswer, type Situation, unmet } from './requirement.js';

type Health = Extract<Condition, { kind: 'health' }>;
type Verdicts = Readonly<Record<string, Verdict>>;

function row({ rollout, watch }: Situation, ok: boolean, fails?: Health['fails']): Health {
  const doubts = inDoubt(rollout, watch);
  return {
    kind: 'health',
    ok,
    verdicts: rollout.health.verdicts,
    ...(doubts.length > 0 && { doubts }),
    ...(fails && { fails }),
  };
}

/** The first check, in the order of the plan, that one of these is said of. */
function firstOf({ plan, health }: Rollout, bad: (name: string, verdict: Verdict) => boolean): Health['fails'] {
  const check = plan.checks.find(({ name }) => bad(name, verdictOf(health.verdicts, name)));
  return check && { check: check.name, verdict: verdictOf(health.verdicts, check.name), value: null };
}

function verdictOf(verdicts: Verdicts, name: string): Verdict {
  return Object.hasOwn(verdicts, name) ? (verdicts[name] ?? 'unknown') : 'unknown';
}

function fails(question: Situation, reason: Reason | null, check: Health['fails']): RequirementAnswer {
  return check ? unmet(reason, row(question, false, check)) : met(row(question, true));
}

/** Critical is never the state to begin in; nobody can vouch for a later stage with a check that nobody measured. */
function atStart(question: Situation): RequirementAnswer {
  const { rollout } = question;
  const critical = firstOf(rollout, (_, verdict) => verdict === 'critical');
  if (critical || !rollout.entry) return fails(question, 'health_critical', critical);
  // Nobody can report anything before it has begun.
  const measured = rollout.plan.checks.filter(({ probe }) => probe.kind !== 'manual').map(({ name }) => name);
  return fails(
    question,
    'health_not_known',
    firstOf(rollout, (name, verdict) => verdict === 'unknown' && measured.includes(name)),
  );
}

/** A person sees warnings and what is unknown before the first stage, and decides. */
function whenAsked(question: Situation): RequirementAnswer {
  const { rollout } = question;
  // Nothing was read before it begins.
  if (rollout.phase === 'planned') return met();
  const verdicts = Object.values(rollout.health.verdicts);
  if (verdicts.includes('critical')) return unmet('health_critical', row(question, false));
  const lenient = rollout.stage.no === 0 && !beginsLater(rollout);
  const known = lenient || !verdicts.includes('unknown');
  return known ? met(row(question, true)) : unmet('health_not_known', row(question, false));
}

/** Nobody looks: every check passes, and what the card would call in doubt is not gone on from. */
function whenNobodyLooks(question: Question<'auto'>): RequirementAnswer {
  const { rollout, moment } = question;
  const doubts = inDoubt(rollout, moment);
  const bad = firstOf(rollout, (name, verdict) => verdict !== 'pass' || doubts.includes(name));
  return fails(question, null, bad);
}

/** An approval is for the verdicts that stood on its card. */
function whenApproved(question: Situation): RequirementAnswer {
  const { rollout } = question;
  const shown = rollout.request?.verdicts ?? {};
  const bad = firstOf(rollout, (name, verdict) => verdict === 'critical' || isWorse(verdict, verdictOf(shown, name)));
  return fails(question, 'health_worse', bad);
}

/** One reading is enough not to raise, though never enough to roll back. */
function read({ unknownInRow, level }: Streak): Verdict {
  return unknownInRow > 0 ? 'unknown' : (level ?? 'unknown');
}

function whenRaising(question: Question<'raising'>): RequirementAnswer {
  const { rollout, moment } = question;
  const shown = rollout.raise?.verdicts ?? {};
  for (const { name } of rollout.plan.checks) {
    const streak = moment.streaks[name];
    if (!streak) continue;
    const verdict = read(streak);
    if (verdict !== 'critical' && !isWorse(verdict, verdictOf(shown, name))) continue;
    const value = verdict === 'unknown' ? null : streak.value;
    return unmet('health_worse', row(question, false, { check: name, verdict, value }));
  }
  return met(row(question, true));
}

export const health: Requirement = {
  start: atStart,
  asked: whenAsked,
  auto: whenNobodyLooks,
  approved: whenApproved,
  raising: whenRaising,
};
