import { loadPlans } from '../plans/load.js';
import type { Standing } from '../rollout/actor.js';
import { forbids, VERBS, type Verb } from '../rollout/authority.js';
import type { Plan } from '../rollout/plan.js';
import type { Rollout } from '../rollout/rollout.js';
import { isLegal, LEGAL, type MovingVerb } from '../rollout/transitions.js';
import { renderHelp } from '../slack/messages/index.js';
import { TargetError } from '../targets/target.js';
import type { Desk, VerbHandler } from './request.js';
import { which } from './which.js';

export const help: VerbHandler = {
  verb: 'help',
  usage: 'help',
  does: 'show what makes sense now, here, for you',
  async run(request, desk) {
    const found = await which({ ...request, args: '' }, desk, 'status');
    const rollout = found.ok ? found.loaded.rollout : null;
    const standing = await desk.directory.standing(request.actor, rollout?.people ?? {});
    const plans = await loadPlans(desk.plansDir).catch(() => []);
    const good = plans.flatMap(({ result }) => (result.ok ? [result.plan] : []));
    const ready = new Set(good.filter((plan) => isReady(plan, desk)));
    const roles = standing.roles === 'unknown' ? standing.lastKnownRoles : standing.roles;
    return {
      rendered: renderHelp({
        ...{ verbs: sensible(rollout, standing), rollout, roles: [...roles] },
        plans: [...ready].map((plan) => plan.name),
        unready: good.filter((plan) => !ready.has(plan)).map((plan) => plan.name),
      }),
    };
  },
};

/** False: a variable of its targets is not set, so a start would be refused before anything is read. */
function isReady(plan: Plan, { adapters }: Desk): boolean {
  try {
    void Promise.allSettled(adapters.targetsOf(plan).map((target) => target.close()));
    return true;
  } catch (error) {
    if (error instanceof TargetError) return false;
    throw error;
  }
}

/** The verbs that make sense: legal in this phase and allowed for this person; without a rollout, what needs none. */
function sensible(rollout: Rollout | null, standing: Standing): Verb[] {
  return VERBS.filter((verb) => {
    if (verb === 'start') return rollout === null || rollout.endedAt !== null;
    if (verb === 'list' || verb === 'help') return true;
    if (!rollout) return false;
    if (verb in LEGAL && !isLegal(verb as MovingVerb, rollout.phase)) return false;
    const approvers = rollout.request ? (rollout.plan.stages[rollout.request.stageNo - 1]?.approve?.roles ?? []) : [];
    return forbids(verb, standing, approvers) === null;
  });
}
