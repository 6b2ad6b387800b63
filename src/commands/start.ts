import { basename } from 'node:path';
import { type LoadedPlan, loadPlan, loadPlans } from '../plans/read/load.js';
import { formatProblem } from '../plans/values/problem.js';
import { notUnderstood } from '../rollout/moves/orders.js';
import { lastGoodStage, rolledBackByBot } from '../rollout/moves/start.js';
import { actorKey, type Standing } from '../rollout/plan/actor.js';
import { plainExposure } from '../rollout/plan/exposure.js';
import type { Lists } from '../rollout/plan/lists.js';
import { isStage } from '../rollout/plan/place.js';
import type { Plan } from '../rollout/plan/plan.js';
import { canonicalText } from '../rollout/plan/same-value.js';
import { ANOTHER_OPERATOR } from '../rollout/requirements/approval.js';
import { idsOf } from '../rollout/requirements/approvers-left.js';
import { cautionIn } from '../rollout/spoken/cautions.js';
import { placesIn, readPlace } from '../rollout/spoken/read-place.js';
import { forbids, refusedDetail } from '../rollout/state/authority.js';
import type { Again } from '../rollout/state/commands.js';
import { type Refusal, refusal } from '../rollout/state/refusal.js';
import type { Entry } from '../rollout/state/rollout.js';
import type { ResolvedPlan } from '../slack/people/directory.js';
import { renderDone, renderLastRunRolledBack, renderOffer } from '../slack/words/messages/index.js';
import { sha256 } from '../store/chain.js';
import { lastRunOf } from '../store/rollouts.js';
import { TargetError } from '../targets/target.js';
import { firstWord, namesAt } from './grammar.js';
import { refuse } from './moving.js';
import { missingVariable } from './plans.js';
import { canOpenForm, carryOut, type Desk, type Reply, type Request, type VerbHandler } from './request.js';

const PROBLEMS_SHOWN = 5;

/** What was asked: which plan, with what note, and what is said about a run that was rolled back. */
interface Asked {
  readonly name: string;
  readonly note: string;
  readonly again?: Again;
  /** Ask why it was a false alarm. */
  readonly explain?: boolean;
}

export const start: VerbHandler = {
  verb: 'start',
  usage: 'start [plan] [note]',
  does: 'begin a rollout; this asks for its first stage',
  async run(request, desk) {
    const chosen = clicked(request);
    const { asked, file } = chosen
      ? { asked: chosen, file: chosen.name === '' ? undefined : await loadPlan(desk.plansDir, chosen.name) }
      : await typedPlan(request.args, desk);
    if (asked.name === '' && canOpenForm(request)) return choose(desk, asked.note);
    if (!file) return refuse('start', await unknownPlan(asked.name, desk), null);
    if (!file.result.ok) return refuse('start', brokenPlan(file, file.result.problems), null);
    const held = chosen ? null : heldBack(file.result.plan, asked);
    if (held) return refuse('start', held, null, [], file.result.plan.name);
    if (asked.explain && canOpenForm(request)) return explain(desk, file.result.plan, asked.again);
    const { plan, lists } = file.result;
    return begin(request, desk, { ...asked, plan, lists, text: file.text });
  },
};

function clicked({ button, filled }: Request): Asked | null {
  if (button && 'plan' in button && button.plan !== '') {
    const run = button.run === undefined ? {} : { run: button.run };
    if (button.form === 'false_alarm') {
      const again = { kind: 'false_alarm', reason: filled?.reason ?? '', ...run } as const;
      return { name: button.plan, note: '', again, explain: filled === null };
    }
    if (button.as === 'new') return { name: button.plan, note: button.note ?? '' };
    return { name: button.plan, note: button.note ?? '', again: { kind: 'again', ...run } };
  }
  if (filled) return { name: filled.plan, note: filled.note };
  return button ? { name: '', note: '' } : null;
}

function typed(name: string, rest: string): Asked {
  const [alarm] = /^false[\s_-]?alarm(?![\p{L}\p{N}])[.,:!]*/iu.exec(rest) ?? [];
  if (alarm !== undefined) {
    const reason = rest.slice(alarm.length).trimStart();
    return { name, note: '', again: { kind: 'false_alarm', reason }, explain: reason === '' };
  }
  const [word, behind] = firstWord(rest);
  if (word.toLowerCase() === 'again') return { name, note: behind, again: { kind: 'again' } };
  return { name, note: rest };
}

/** The plan that was typed, in whatever spelling, with its file where there is one. */
async function typedPlan(args: string, desk: Desk): Promise<{ asked: Asked; file?: LoadedPlan }> {
  for (const { plan, rest } of namesAt(args)) {
    const file = await loadPlan(desk.plansDir, plan);
    if (file) return { asked: typed(plan, rest), file };
  }
  const [name, rest] = firstWord(args);
  return { asked: typed(name, rest) };
}

/** Why the words behind a plan's name are no order to begin it now with its first stage; null when they are. */
function heldBack(plan: Plan, { note, again }: Asked): Refusal | null {
  const caution = again?.kind === 'false_alarm' ? null : cautionIn(note);
  if (caution) return notUnderstood(caution, 'start');
  const [first] = plan.stages;
  if (!first) return null;
  const read = readPlace(plan, note);
  const named = read.kind === 'place' && (read.introduced || read.percentSign || read.rest === '') ? [read] : [];
  const further = placesIn(plan, note).filter(({ led }) => led);
  const other = [...named, ...further].find(({ place }) => !isStage(place, first));
  if (!other) return null;
  const next = `${first.name} (${plainExposure(plan, first.exposure)})`;
  return refusal('not_next_stage', [{ kind: 'stage', ok: false, asked: other.said, next }], { helps: 'start' });
}

/** No plan named: a form with those that can be started. */
async function choose(desk: Desk, note: string): Promise<Reply> {
  const files = await loadPlans(desk.plansDir);
  // One whose variables are not set would be refused once it is chosen.
  const plans = files.flatMap(({ result }) =>
    result.ok && missingVariable(result.plan, desk) === null
      ? [{ name: result.plan.name, title: result.plan.title }]
      : [],
  );
  const reply = refuse('start', await unknownPlan('', desk), null);
  return plans.length === 0 ? reply : { ...reply, form: { kind: 'start', plans, plan: null, note } };
}

async function explain(desk: Desk, plan: Plan, again: Again | undefined): Promise<Reply> {
  const last = await lastRunOf(desk.db, plan.name);
  if (again?.run !== undefined && again.run !== last?.run)
    return refuse('start', refusal('stale_button', [], { helps: 'start' }), null);
  const stage = rolledBackByBot(last) ? lastGoodStage(plan, last) : null;
  if (!rolledBackByBot(last) || !stage) return refuse('start', refusal('no_good_stage', [], { helps: 'start' }), null);
  const reply = refuse('start', refusal('reason_missing', [], { helps: 'start' }), null);
  return { ...reply, form: { kind: 'false_alarm', rollout: last, stage, reason: '' } };
}

async function begin(
  request: Request,
  desk: Desk,
  { plan, lists, text, note, again }: Asked & { plan: Plan; lists: Lists; text: string },
): Promise<Reply> {
  const { actor } = request;
  const { teamId } = actor;
  const keys = targetKeys(plan, desk);
  if ('reason' in keys) return refuse('start', keys, null);
  const resolved = await desk.directory.resolve(plan, teamId);
  if (!resolved.ok)
    return refuse(
      'start',
      refusal(resolved.reason, [], { detail: resolved.detail, helps: 'start' }),
      null,
      [],
      plan.name,
    );
  const { channelId, people, holders, unjudged } = resolved.value;
  const standing = await desk.directory.standing(actor, people);
  if (request.surface === 'mention') return offerStart({ plan, note, again }, standing);
  const planHash = sha256(canonicalText([text, keys.keys]));
  const params = { start: plan.name, note, actor, ...(again && { again }) };
  const answer = await desk.dispatch.start(
    { key: request.key, params, tooLate: request.tooLate },
    {
      teamId,
      plan,
      lists,
      planHash,
      planText: text,
      note,
      channelId,
      people,
      holders,
      standing,
      actor,
      targetKeys: keys.keys,
      ...(again && { again }),
    },
  );
  if (answer.kind === 'nothing') return refuse('start', refusal('busy', [], { helps: 'status' }), null);
  if (answer.kind === 'refused' && answer.refusal.reason === 'too_few_approvers' && unjudged > 0) {
    const detail = `Slack has not said yet who ${unjudged} people of the plan are; try again in a minute`;
    return refuse('start', refusal('membership_unknown', [], { detail, helps: 'start' }), null, [], plan.name);
  }
  if (answer.kind === 'refused') {
    const { rollout } = answer;
    if (answer.refusal.reason === 'last_run_rolled_back' && rolledBackByBot(rollout))
      return {
        rendered: renderLastRunRolledBack({ last: rollout, lastGood: lastGoodStage(plan, rollout), note }),
        refused: answer.refusal.reason,
      };
    const loaded = rollout && { rollout, watch: null, headHash: '', now: rollout.phaseSince, askedAt: 0 };
    return refuse('start', answer.refusal, loaded, [], plan.name);
  }
  const after = carryOut(desk, answer);
  const { skipped } = resolved.value;
  const approvers = approversOf(plan, resolved.value, { request, entry: answer.rollout.entry ?? null });
  const rendered = renderDone({ verb: 'start', rollout: answer.rollout, approvers, skipped });
  return { rendered, ...(after ? { after } : {}) };
}

/** A mention begins nothing. A false alarm is explained in the form that the refusal of the plain start leads to. */
function offerStart(
  { plan, note, again }: { plan: Plan; note: string; again: Again | undefined },
  standing: Standing,
): Reply {
  const forbidden = forbids('start', standing);
  if (!forbidden) return { rendered: renderOffer({ verb: 'start', plan, note, again: again?.kind === 'again' }) };
  const who = { kind: 'who', ok: false, needs: ['operators'] } as const;
  return refuse('start', refusal(forbidden, [who], refusedDetail(forbidden, standing)), null, [], plan.name);
}

/** Who can approve each stage that asks for it, the one who starts left out. */
function approversOf(
  { stages }: Plan,
  { holders }: ResolvedPlan,
  { request, entry }: { request: Request; entry: Entry | null },
) {
  const others = holders.filter(({ key }) => key !== actorKey(request.actor));
  return stages.flatMap((stage) => {
    // Entered again after a false alarm it is always asked for, and the stages before it are not.
    const quorum = stage.approve ?? (entry?.stageNo === stage.no ? ANOTHER_OPERATOR : undefined);
    return quorum && stage.no >= (entry?.stageNo ?? 1) ? [{ stage, people: idsOf(quorum, others) }] : [];
  });
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
  const there = plans.flatMap(({ result }) => (result.ok ? [result.plan.name] : []));
  return refusal('no_such_plan', [], { facts: { kind: 'plans', asked: name, there }, helps: 'plans' });
}

function brokenPlan(file: LoadedPlan, problems: readonly Parameters<typeof formatProblem>[1][]): Refusal {
  const shown = problems
    .slice(0, PROBLEMS_SHOWN)
    .map((problem) => ({ kind: 'text', ok: false, text: formatProblem(basename(file.file), problem) }) as const);
  const more = problems.length > PROBLEMS_SHOWN ? `and ${problems.length - PROBLEMS_SHOWN} more` : '';
  return refusal('plan_invalid', shown, { ...(more ? { detail: more } : {}), helps: 'plans' });
}
