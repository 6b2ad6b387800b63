import type { Watch } from '../../../src/rollout/health/assess.js';
import { type MayRise, mayRise, type RequirementName } from '../../../src/rollout/requirements/may-rise.js';
import type { MomentName, RaiseMoment } from '../../../src/rollout/requirements/requirement.js';
import type { Phase, Rollout } from '../../../src/rollout/state/rollout.js';
import { type ChangesIn, changed } from '../../support/rollouts.js';
import { byItself, LENA, OPEN_PLAN, streaksOf } from '../fixture.js';
import type { Story } from '../given.js';
import { applyingStage, asking, bakingStage, inPhase, started } from '../phases.js';

/** The phase in which each moment comes. */
export const PHASE_OF: Readonly<Record<MomentName, Phase>> = {
  start: 'starting',
  asked: 'ready',
  auto: 'ready',
  approved: 'awaiting_approval',
  raising: 'applying',
};
export const MOMENTS = Object.keys(PHASE_OF) as MomentName[];

/** A story at this moment, in which nothing is in the way. */
export function storyAt(at: MomentName): Story {
  switch (at) {
    case 'start':
      return started();
    case 'asked':
      return bakingStage(2).baked();
    case 'auto':
      return readyByItself();
    case 'approved':
      return asking(3);
    case 'raising':
      return applyingStage(3);
    default:
      return at satisfies never;
  }
}

/** A warning kept it from going on by itself. */
function readyByItself(): Story {
  const story = bakingStage(2, byItself(OPEN_PLAN));
  story.observedMs = 30 * 60_000;
  story.waits(30 * 60_000).assessed({ errors: 'warning' });
  story.rollout = changed(story.rollout, { health: { verdicts: { errors: 'pass', latency: 'pass', orders: 'pass' } } });
  return story;
}

/** The moment as it comes in this rollout, with Lena's click or with fine readings. */
export function momentIn(rollout: Rollout, at: MomentName): RaiseMoment {
  const { movedSeq, wanted } = rollout.exposure;
  switch (at) {
    case 'start':
    case 'asked':
      return { at };
    case 'auto':
      return { at, movedSeq, streaks: streaksOf(), target: { exposure: wanted, partial: false, detail: '' } };
    case 'approved': {
      const vote = { key: LENA.actor.kind === 'slack' ? LENA.actor.userId : '', roles: ['engineering-lead'] };
      return { at, requestId: rollout.request?.id ?? '', vote };
    }
    case 'raising':
      return { at, movedSeq, streaks: streaksOf() };
    default:
      return at satisfies never;
  }
}

/** What is in the way, by requirement: its reason, or null. */
export function lacksOf(answer: MayRise): Partial<Record<RequirementName, string | null>> {
  return answer.answer === 'yes'
    ? {}
    : Object.fromEntries(answer.unmet.map(({ requirement, reason }) => [requirement, reason]));
}

/** Asks at this moment in a phase in which it does not come. */
export function lacksIn(phase: Phase, at: MomentName): Partial<Record<RequirementName, string | null>> {
  const { rollout, now } = inPhase(phase);
  return lacksOf(mayRise(rollout, { now, watch: null }, momentIn(rollout, at)));
}

/** Asks at this moment, with these things different; `more`: of the moment. */
export function lacksAt(
  at: MomentName,
  changes: ChangesIn<Phase> = {},
  { more = {}, watch = null, waits = 0 }: { more?: Partial<RaiseMoment>; watch?: Watch | null; waits?: number } = {},
): Partial<Record<RequirementName, string | null>> {
  const story = storyAt(at).waits(waits);
  const rollout = changed(story.rollout, changes);
  const moment = Object.assign({}, momentIn(story.rollout, at), more);
  return lacksOf(mayRise(rollout, { now: story.now, watch }, moment));
}
