import { type ExposureReading, NO_DATA_AFTER, TARGET_SUBJECT } from '../health/assess.js';
import { meanOf } from '../health/mean.js';
import { comesBack, lastsLong } from '../health/spell.js';
import { type BrokenLimit, isFeared, type Streak } from '../health/streak.js';
import type { Does } from '../plan/acts.js';
import { type Limit, stageAt } from '../plan/plan.js';
import { furthest, isWorse, limitKey, type Verdict } from '../plan/verdict.js';
import { mayRise } from '../requirements/may-rise.js';
import { ALERTS } from '../state/audience.js';
import type { Fact } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing } from '../state/decision.js';
import { type Detail, said } from '../state/detail.js';
import {
  type AlertKind,
  bakeNeededMs,
  bakingSince,
  type Episode,
  isExposed,
  needsWatch,
  type Rollout,
} from '../state/rollout.js';
import { rollsBack, wayDown } from './acts.js';
import { callPeople, closeAlert, openAlert } from './alerts.js';
import { askFor } from './ask.js';
import { decideBaselineRound, endCapture, remindOfLooks } from './baseline-and-reports.js';
import { completeIfDone } from './complete.js';
import { noteCriteria } from './criteria.js';
import { Draft } from './draft.js';
import { holdFor, noteHolds } from './hold-asked-by-limits.js';
import { rollBack } from './roll-back.js';

type Assessed = Extract<Fact, { type: 'assessed' }>;

/** What one round of checks means. Most rounds mean nothing: then no event is made and no button goes stale. */
export function decideAssessed(rollout: Rollout, fact: Assessed, ctx: Context): Decision {
  if (!needsWatch(rollout)) return nothing('not_watched');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  noteVerdicts(draft, fact);
  if (rollout.phase === 'starting') return decideBaselineRound(draft, fact);
  const later: (() => void)[] = [];
  for (const act of Object.values(ACTING)) {
    const acted = act(draft, fact);
    if (acted === 'over') return draft.done();
    if (acted) later.push(acted);
  }
  if (endCapture(draft, fact)) draft.voidRequest('baseline_changed', null);
  noteRestart(draft, fact);
  if (fact.movedSeq === rollout.exposure.movedSeq) noteExposure(draft, fact);
  for (const act of later) act();
  holdIfBlind(draft, fact);
  voidIfWorse(draft);
  passBake(draft, fact);
  noteCriteria(draft, fact);
  goOnByItself(draft, fact, ctx);
  if (canEnd(draft.state, fact)) completeIfDone(draft);
  callPeople(draft, ctx.watch);
  remindOfLooks(draft, fact);
  return draft.done('all_quiet');
}

/** The round is over, or what is to be done once the exposure is noted. */
type Acted = 'over' | (() => void) | undefined;

/** What carries out each thing that limits ask for: all of them in every round, in this order. A new one does not compile without. */
const ACTING: Readonly<Record<Does, (draft: Draft, fact: Assessed) => Acted>> = {
  holds: holdIfAsked,
  tells: noteAlerts,
  rolls_back: rollBackIfCritical,
};

/** Before anybody is exposed there is nothing to hold. What asks is noted first, and holds after what else the round says. */
function holdIfAsked(draft: Draft, fact: Assessed): Acted {
  const name = isJudged(draft.before) ? noteHolds(draft, fact) : undefined;
  return name === undefined ? undefined : () => holdFor(draft, name);
}

/** Only of the bake that goes on now: a round read before a move says nothing of the one after it. */
function noteRestart(draft: Draft, { restarted, stageNo, attempt }: Assessed): void {
  const { state } = draft;
  if (!restarted || stageNo !== state.stage.no || attempt !== state.stage.attempt || !bakingSince(state)) return;
  draft.add({ type: 'bake_restarted', ...restarted });
}

function noteVerdicts(draft: Draft, fact: Assessed): void {
  for (const check of draft.before.plan.checks) {
    const streak = fact.streaks[check.name];
    const from = draft.state.health.verdicts[check.name] ?? 'unknown';
    if (!streak || streak.verdict === from) continue;
    draft.add({
      type: 'verdict_changed',
      check: check.name,
      from,
      to: streak.verdict,
      value: streak.value,
      why: streak.why,
    });
  }
}

/** Opens an episode when people must know, closes it when it is over. Critical has its own post: the incident. */
function noteAlerts(draft: Draft, fact: Assessed): undefined {
  const subjects = [...draft.before.plan.checks.map((check) => check.name), TARGET_SUBJECT];
  for (const subject of subjects) {
    const streak = fact.streaks[subject];
    if (!streak) continue;
    const episode = draft.state.alerts.episodes[subject];
    const open = episode?.open ? episode : undefined;
    const due = dueAlert(streak);
    // A drift of the targets is opened and closed by what they read, not by whether they answer.
    if (open?.kind === 'drift') continue;
    const recovered = streak.verdict === 'pass' || streak.verdict === 'warning';
    const broken = due === 'warning' || due === 'critical' ? streak.counting : [];
    if (open && open.kind === due) noteFurther(draft, open, { streak, broken });
    else {
      const worse = due && open && ALERTS[due].rank > ALERTS[open.kind].rank;
      if (open && (recovered || due)) closeAlert(draft, open, streak.value, worse ? 'further' : 'over');
      if (due) openAlert(draft, subject, due, { ...alertedBy(streak, due), ...about(broken) });
    }
  }
}

function about(broken: readonly BrokenLimit[]): { limits?: readonly string[]; limit?: Limit } {
  const worst = furthest(broken);
  return worst ? { limits: broken.map(limitKey), limit: worst.limit } : {};
}

/** Another limit of the check is broken, too, and people know only of those before: that is another alert. */
function noteFurther(draft: Draft, open: Episode, now: { streak: Streak; broken: readonly BrokenLimit[] }): void {
  const { streak, broken } = now;
  const { limits = [], subject, no, kind } = open;
  if (broken.some((one) => !limits.includes(limitKey(one)))) {
    closeAlert(draft, open, streak.value, 'further');
    openAlert(draft, subject, kind, { ...alertedBy(streak, kind), ...about(broken) });
  } else if (broken.length > 0 && broken.length < limits.length) {
    draft.add({ type: 'alert_eased', subject, no, value: streak.value, limits: [], ...about(broken) });
  }
}

type AlertOfRounds = 'warning' | 'critical' | 'feared' | 'no_data';

/**
 * What people have to know of one subject, the worst first. Whatever stops the bake's clock or is feared for five minutes is among
 * it, also when it comes and goes.
 */
function dueAlert(streak: Streak): AlertOfRounds | undefined {
  const { unknownInRow, verdict, feared, shortSpells, blind, readAt } = streak;
  if (unknownInRow >= NO_DATA_AFTER) return 'no_data';
  if (verdict === 'critical') return rollsBack(streak) ? undefined : 'critical';
  if (lastsLong(blind, readAt)) return 'no_data';
  const warned = verdict === 'warning';
  if (lastsLong(feared, readAt) && (!warned || feared?.level === 'critical')) return 'feared';
  if (comesBack(shortSpells) && (!warned || shortSpells?.level === 'critical')) return 'feared';
  return warned ? 'warning' : undefined;
}

const ON_AND_OFF: Detail = { kind: 'on_and_off' };

function alertedBy({ value, why, since, feared, shortSpells, blind, readAt }: Streak, kind: AlertKind) {
  if (kind === 'feared' && shortSpells && comesBack(shortSpells) && !lastsLong(feared, readAt))
    return { value, detail: null, since: shortSpells.since, times: shortSpells.times };
  if (kind === 'feared') return { value, detail: null, since: feared?.since ?? since };
  const unknown = why && ({ kind: 'unknown', why } as const);
  if (kind === 'no_data') return { value, detail: unknown ?? ON_AND_OFF, since: blind?.since ?? since };
  return { value, detail: unknown, since };
}

/** The shortest and the longest time without numbers after which a bake is held, and the part of the bake it is in between. */
const HELD_FROM_MS = 30 * 60_000;
const HELD_TO_MS = 24 * 3_600_000;
const HELD_PART = 1 / 4;

/** A bake that sees nothing for long does not stand still in silence: a person has to look. */
function holdIfBlind(draft: Draft, fact: Assessed): void {
  const { state } = draft;
  const {
    phase,
    phaseSince,
    plan,
    exposure: { confirmed },
    request,
  } = state;
  if (bakingSince(state) === null || (phase !== 'baking' && phase !== 'awaiting_approval')) return;
  const most = Math.min(HELD_TO_MS, Math.max(HELD_FROM_MS, bakeNeededMs(state) * HELD_PART));
  const subject = [...plan.checks.map(({ name }) => name), TARGET_SUBJECT].find((name) => {
    const blind = fact.streaks[name]?.blind;
    // Whoever went on has seen what was before.
    return blind && blind.lastAt.getTime() - Math.max(blind.since.getTime(), phaseSince.getTime()) >= most;
  });
  if (subject === undefined) return;
  const detail = { kind: 'subject', subject } as const;
  draft.add({ type: 'held', cause: 'no_data', detail, exposure: confirmed });
  if (request) draft.showRequest(request, { kind: 'void', reason: 'no_data', detail, at: draft.now });
}

/** Before anybody is exposed there is nothing to take back: a baseline may be measured, and the next raise is checked. */
function isJudged(rollout: Rollout): boolean {
  return isExposed(rollout) || bakingSince(rollout) !== null || rollout.phase === 'rolling_back';
}

function rollBackIfCritical(draft: Draft, fact: Assessed): Acted {
  const { state } = draft;
  // A way down to some users that does not end while a check is critical is no way down: all the way, then.
  const stuck = state.phase === 'rolling_back' && state.exposure.wanted > 0 && state.rollback.overdue;
  if (state.phase === 'rolling_back' && !stuck) return undefined;
  if (!isJudged(state)) return undefined;
  const way = wayDown(state, fact.streaks);
  const streak = way && fact.streaks[way.check];
  if (!way || !streak) return undefined;
  rollBack(draft, stuck ? { kind: 'off' } : way.to, {
    reason: 'check_critical',
    by: { kind: 'bot' },
    note: '',
    check: way.check,
    ...(way.limit && { limit: way.limit }),
    ...(streak.value === null ? {} : { value: streak.value }),
    ...(streak.since ? { since: streak.since } : {}),
  });
  return 'over';
}

/** Somebody else moved the targets: upwards is taken back, downwards is believed and held. */
function noteExposure(draft: Draft, fact: Assessed): void {
  const { state } = draft;
  const steady =
    state.phase === 'baking' ||
    state.phase === 'ready' ||
    state.phase === 'held' ||
    state.phase === 'awaiting_approval';
  if (!steady) return;
  const expected = state.exposure.wanted;
  const target = readable(fact.target, expected);
  if (!target) return;
  const { exposure: found, detail } = target;
  const episode = state.alerts.episodes[TARGET_SUBJECT];
  const open = episode?.open && episode.kind === 'drift' ? episode : undefined;
  if (found === expected && !target.partial) {
    // Held where it was found, it reads as expected only because that was believed: a person has to look first.
    if (open && state.held?.cause !== 'drift_down') closeAlert(draft, open, found);
    return;
  }
  // Parts that differ, none above: some users lost it, and putting it back would be a raise nobody asked for.
  const direction = found > expected ? 'up' : 'down';
  // Known, and its lowering is still being tried.
  if (direction === 'up' && open && episode?.value === found) return;
  if (direction === 'down' && found === expected && open && state.held?.cause === 'drift_down') return;
  draft.add({ type: 'drift_found', direction, expected, found, detail });
  if (!open)
    openAlert(draft, TARGET_SUBJECT, 'drift', {
      value: found,
      reason: direction === 'up' ? 'drift_up' : 'drift_down',
      detail: { kind: 'read', expected, found, said: detail },
      since: draft.now,
    });
  if (direction === 'up') {
    draft.voidRequest('exposure_moved', said(detail)).lower();
    return;
  }
  const { request } = state;
  draft.add({ type: 'held', cause: 'drift_down', detail: said(detail), exposure: found });
  if (request)
    draft.showRequest(request, { kind: 'void', reason: 'exposure_moved', detail: said(detail), at: draft.now });
}

/** What can be said of the targets: all of it, or, when one of them does not answer, that another is too high. */
function readable(target: ExposureReading, expected: number): Exclude<ExposureReading, { error: string }> | null {
  if (!('error' in target)) return target;
  const { atLeast, error } = target;
  return atLeast !== undefined && atLeast > expected ? { exposure: atLeast, partial: true, detail: error } : null;
}

/** An approval binds to the verdicts its card showed: a worse one voids it, moving numbers don't. */
function voidIfWorse(draft: Draft): void {
  const {
    request,
    health: { verdicts },
  } = draft.state;
  if (!request) return;
  const worse = draft.state.plan.checks.find((check) =>
    isWorse(verdictOf(verdicts, check.name), verdictOf(request.verdicts, check.name)),
  );
  if (!worse) return;
  draft.voidRequest('health_worse', { kind: 'became', check: worse.name, verdict: verdictOf(verdicts, worse.name) });
}

/** The targets are where they should be, and nothing is in doubt. */
function canEnd(rollout: Rollout, fact: Assessed): boolean {
  const read = !('error' in fact.target) && fact.movedSeq === rollout.exposure.movedSeq;
  return read && !endsInDoubt(rollout, fact);
}

/** After the last bake nobody looks any more: it does not end while numbers beyond a critical limit come and go. */
function endsInDoubt({ plan, stage: { no: stageNo } }: Rollout, { streaks }: Assessed): boolean {
  if (stageNo < plan.stages.length) return false;
  return plan.checks.some(({ name }) => isFeared(streaks[name]) && streaks[name]?.feared?.level === 'critical');
}

function verdictOf(verdicts: Readonly<Record<string, Verdict>>, name: string): Verdict {
  return verdicts[name] ?? 'unknown';
}

function passBake(draft: Draft, fact: Assessed): void {
  const { state } = draft;
  const current = fact.stageNo === state.stage.no && fact.attempt === state.stage.attempt;
  // A reading from before a move, or one that found the targets moved, does not end a bake.
  if (!current || fact.movedSeq !== state.exposure.movedSeq) return;
  if (state.phase !== 'baking') return;
  if (fact.observedMs < bakeNeededMs(state) || endsInDoubt(state, fact)) {
    tooLong(draft);
    return;
  }
  if (
    'error' in fact.target ||
    state.plan.checks.some((check) => ['unknown', 'critical'].includes(verdictOf(state.health.verdicts, check.name)))
  )
    return;
  const numbers = Object.fromEntries(
    state.plan.checks.flatMap((check) => {
      const value = fact.streaks[check.name]?.value;
      return value === null || value === undefined ? [] : [[check.name, value] as const];
    }),
  );
  draft.add({ type: 'bake_passed', observedMs: fact.observedMs, numbers, means: meansOf(fact) });
}

/**
 * `advance: auto` is a command of whoever started, given in advance: for the stage whose bake passed, once, and only while
 * every check passes and the targets are where they should be. With anything else it waits for a person.
 */
function goOnByItself(draft: Draft, fact: Assessed, ctx: Context): void {
  const { state } = draft;
  const { movedSeq, streaks, target } = fact;
  const may = mayRise(state, ctx, { at: 'auto', movedSeq, streaks, target });
  switch (may.answer) {
    case 'yes':
      askFor(draft, state.startedBy, { stageNo: state.stage.no + 1, reason: '', auto: true, streaks });
      break;
    // Asked again with the next round of checks, which comes whatever is waited for.
    case 'no':
    case 'not_before':
      break;
    default:
      may satisfies never;
  }
}

/** The plan does not wait for health for ever: a person has to look. */
function tooLong(draft: Draft): void {
  const { state, now } = draft;
  const { maxBakeMs } = stageAt(state.plan, state.stage.no);
  if (maxBakeMs === undefined) return;
  // Counted again from where somebody went on: they have seen how long it took.
  if (now.getTime() - state.phaseSince.getTime() < maxBakeMs + state.bake.extraMs) return;
  draft.add({ type: 'held', cause: 'bake_too_long', detail: null, exposure: state.exposure.confirmed });
}

/** What every check measured over the whole bake. */
function meansOf({ streaks }: Assessed): Record<string, number> {
  return Object.fromEntries(
    Object.entries(streaks).flatMap(([name, { sum }]) => {
      const mean = meanOf(sum);
      return mean === null ? [] : [[name, mean] as const];
    }),
  );
}
