import { loadPlans } from '../plans/read/load.js';
import type { Standing } from '../rollout/plan/actor.js';
import { forbids } from '../rollout/state/authority.js';
import { isTerminal, quorumOf, type Rollout } from '../rollout/state/rollout.js';
import { isLegal, rowOf, VERBS, type Verb } from '../rollout/state/verbs.js';
import { renderHelp } from '../slack/words/messages/index.js';
import { missingVariable } from './plans.js';
import type { Request, VerbHandler } from './request.js';
import { which } from './which.js';

export const help: VerbHandler = {
  verb: 'help',
  usage: 'help [command]',
  does: 'show what makes sense now, here, for you, or what one command takes',
  async run(request, desk) {
    const found = await which({ ...request, args: '' }, desk, 'status');
    const rollout = found.ok ? found.loaded.rollout : null;
    const standing = await desk.directory.standing(request.actor, rollout?.people ?? {});
    const plans = await loadPlans(desk.plansDir).catch(() => []);
    const good = plans.flatMap(({ result }) => (result.ok ? [result.plan] : []));
    const ready = new Set(good.filter((plan) => missingVariable(plan, desk) === null));
    const roles = standing.roles === 'unknown' ? standing.lastKnownRoles : standing.roles;
    return {
      rendered: renderHelp({
        verbs: sensible(rollout, standing, request.actor),
        rollout,
        roles: [...roles],
        place: placeOf(request),
        plans: [...ready].map((plan) => plan.name),
        unready: good.filter((plan) => !ready.has(plan)).map((plan) => plan.name),
        settings: { ...desk.settings, plans: good.length, broken: plans.length - good.length },
      }),
    };
  },
};

function placeOf({ channelId, threadTs }: Request): 'channel' | 'thread' | 'dm' {
  if (threadTs !== null) return 'thread';
  return channelId.startsWith('D') ? 'dm' : 'channel';
}

/** The verbs that make sense: legal in this phase and allowed for this person; without a rollout, what needs none. */
function sensible(rollout: Rollout | null, standing: Standing, actor: Request['actor']): Verb[] {
  return VERBS.filter((verb) => {
    if (verb === 'start') return rollout === null || isTerminal(rollout.phase);
    if (rowOf(verb).about === 'everything') return true;
    if (!rollout) return false;
    if (!isLegal(verb, rollout.phase)) return false;
    const approvers = rollout.request ? (quorumOf(rollout, rollout.request)?.roles ?? []) : [];
    if (rowOf(verb).who === 'voter') return hasVoted(rollout, actor);
    return forbids(verb, standing, approvers) === null;
  });
}

function hasVoted({ request, raise }: Rollout, { teamId, userId }: Request['actor']): boolean {
  const votes = (request ?? raise?.request)?.votes ?? [];
  return votes.some((vote) => vote.teamId === teamId && vote.userId === userId);
}
