import { basename } from 'node:path';
import { type LoadedPlan, loadPlans } from '../plans/read/load.js';
import { formatProblem } from '../plans/values/problem.js';
import { plainExposure, shownStage } from '../rollout/plan/exposure.js';
import type { Plan } from '../rollout/plan/plan.js';
import { type Refusal, refusal } from '../rollout/state/refusal.js';
import { renderPlans } from '../slack/words/messages/index.js';
import { TargetError } from '../targets/target.js';
import { refuse } from './moving.js';
import type { Desk, VerbHandler } from './request.js';

export const plans: VerbHandler = {
  verb: 'plans',
  usage: 'plans',
  does: 'show the plans there are, and what is wrong with those that cannot be started',
  async run(_request, desk) {
    const files = await loadPlans(desk.plansDir).catch(nowhere);
    if (!Array.isArray(files)) return refuse('plans', files, null);
    return {
      rendered: renderPlans({ good: files.flatMap((file) => good(file, desk)), broken: files.flatMap(broken) }),
    };
  },
};

/** The folder cannot be read: said with its words, not as something to try again. */
function nowhere(error: unknown): Refusal {
  return refusal('plan_invalid', [], { detail: error instanceof Error ? error.message : String(error) });
}

function good({ file, result }: LoadedPlan, desk: Desk) {
  if (!result.ok) return [];
  const { plan } = result;
  const stages = stageList(plan);
  return [{ name: plan.name, title: plan.title, file, stages, missing: missingVariable(plan, desk) }];
}

/** `10, 50, 100 %`, `3 named users, 10 %, 100 %`. */
function stageList(plan: Plan): string {
  const shown = plan.stages.map(shownStage);
  if (shown.every(({ kind }) => kind === 'percent'))
    return `${plan.stages.map(({ exposure }) => exposure).join(', ')} %`;
  return plan.stages.map(({ exposure }) => plainExposure(plan, exposure)).join(', ');
}

function broken({ file, result }: LoadedPlan) {
  return result.ok
    ? []
    : [{ file, problems: result.problems.map((problem) => formatProblem(basename(file), problem)) }];
}

/** A variable of the plan's targets that is not set: a start would be refused before anything is read. Null: none. */
export function missingVariable(plan: Plan, { adapters }: Desk): string | null {
  try {
    void Promise.allSettled(adapters.targetsOf(plan).map((target) => target.close()));
    return null;
  } catch (error) {
    if (error instanceof TargetError) return error.message;
    throw error;
  }
}
