/** The bake of the current stage is over, or somebody asked to go on without it and another person said yes. */
import type { Condition } from '../state/refusal.js';
import { bakeNeededMs, bakingSince } from '../state/rollout.js';
import { met, notAsked, type Requirement, type RequirementAnswer, type Situation, unmetUntil } from './requirement.js';

function bakeRow({ rollout: { bake }, rollout, watch }: Situation): Condition {
  const neededMs = bakeNeededMs(rollout);
  return {
    kind: 'bake',
    ok: bake.done,
    observedMs: bake.done ? Math.max(bake.observedMs, neededMs) : (watch?.observedMs ?? 0),
    neededMs,
  };
}

/** The earliest end of a bake whose clock runs. Counted from the last check: what came after it is not observed yet. */
function earliestEnd({ rollout, watch }: Situation): Date | null {
  if (bakingSince(rollout) === null || !watch?.lastCheckAt || watch.stopped) return null;
  return new Date(watch.lastCheckAt.getTime() + Math.max(0, bakeNeededMs(rollout) - watch.observedMs));
}

/** `without`: it is asked, or was granted, to go on before the end. Nothing bakes before the first stage. */
function over(question: Situation, without: boolean): RequirementAnswer {
  const { bake, stage } = question.rollout;
  if (stage.no === 0) return met();
  const row = bakeRow(question);
  return bake.done || without ? met(row) : unmetUntil('bake_incomplete', row, earliestEnd(question));
}

export const bake: Requirement = {
  start: notAsked,
  asked: (question) => over(question, question.moment.override === true),
  auto: (question) => over(question, false),
  approved: (question) => over(question, question.rollout.request?.override !== undefined),
  raising: (question) => over(question, Boolean(question.rollout.raise?.request?.override)),
};
