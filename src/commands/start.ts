import { type LoadedPlan, loadPlan, loadPlans } from '../plans/load.js';
import { formatProblem } from '../plans/problem.js';
import type { Plan } from '../rollout/plan.js';
import { type Refusal, refusal } from '../rollout/refusal.js';
import { renderDone } from '../slack/messages/index.js';
import { sha256 } from '../store/chain.js';
import { TargetError } from '../targets/target.js';
import { firstWord } from './grammar.js';
import { refuse } from './moving.js';
import { carryOut, type Desk, type Reply, type Request, type VerbHandler } from './request.js';

const PROBLEMS_SHOWN = 5;

export const start: VerbHandler = {
  verb: 'start',
  usage: 'start <plan> [note]',
  does: 'begin a rollout; this asks for its first stage',
  async run(request, desk) {
    const [name, note] = firstWord(request.args);
    const file = name === '' ? undefined : await loadPlan(desk.plansDir, name);
    if (!file) return refuse('start', await unknownPlan(name, desk), null);
    if (!file.result.ok) return refuse('start', brokenPlan(file, file.result.problems), null);
    return begin(request, desk, file.result.plan, file.text, note);
  },
};

async function begin(request: Request, desk: Desk, plan: Plan, planText: string, note: string): Promise<Reply> {
  const keys = targetKeys(plan, desk);
  if ('reason' in keys) return refuse('start', keys, null);
  const resolved = await desk.directory.resolve(plan, request.actor.teamId);
  if (!resolved.ok)
    return refuse('start', refusal(resolved.reason, [], { detail: resolved.detail, helps: 'start' }), null);
  const { channelId, people, holders } = resolved.value;
  const standing = await desk.directory.standing(request.actor, people);
  const planHash = sha256(JSON.stringify([planText, keys.keys]));
  const params = { start: plan.name, note, actor: request.actor };
  const answer = await desk.dispatch.start(
    { key: request.key, params },
    {
      ...{ teamId: request.actor.teamId, plan, planHash, planText, note, channelId, people, holders, standing },
      ...{ targetKeys: keys.keys, actor: request.actor },
    },
  );
  if (answer.kind === 'refused') {
    return refuse(
      'start',
      answer.refusal,
      answer.rollout ? { rollout: answer.rollout, watch: null, headHash: '', now: answer.rollout.phaseSince } : null,
    );
  }
  if (answer.kind === 'nothing') return refuse('start', refusal('busy', [], { helps: 'status' }), null);
  const after = carryOut(desk, answer);
  return { rendered: renderDone({ verb: 'start', rollout: answer.rollout }), ...(after ? { after } : {}) };
}

/** What the plan's targets are called; a variable that is not set shows here, before anything is promised. */
function targetKeys(plan: Plan, desk: Desk): { keys: string[] } | Refusal {
  try {
    const targets = desk.adapters.targetsOf(plan);
    const keys = targets.flatMap((target) => target.keys);
    void Promise.allSettled(targets.map((target) => target.close()));
    return { keys };
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return refusal(error.code === 'missing' ? 'variable_unset' : 'plan_invalid', [], {
      detail: error.message,
      helps: 'start',
    });
  }
}

async function unknownPlan(name: string, desk: Desk): Promise<Refusal> {
  const plans = await loadPlans(desk.plansDir).catch(() => []);
  const good = plans.flatMap(({ result }) => (result.ok ? [result.plan.name] : []));
  const there = good.length > 0 ? `plans here: ${good.join(', ')}` : 'there is no plan in the plans folder yet';
  return refusal('no_such_plan', [], { detail: name === '' ? there : `${name}; ${there}`, helps: 'start' });
}

function brokenPlan(file: LoadedPlan, problems: readonly Parameters<typeof formatProblem>[1][]): Refusal {
  const shown = problems
    .slice(0, PROBLEMS_SHOWN)
    .map((problem) => ({ kind: 'text', ok: false, text: formatProblem(file.file, problem) }) as const);
  const more = problems.length > PROBLEMS_SHOWN ? `and ${problems.length - PROBLEMS_SHOWN} more` : '';
  return refusal('plan_invalid', shown, { ...(more ? { detail: more } : {}), helps: 'start' });
}
