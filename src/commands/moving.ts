import type { DispatchAnswer } from '../dispatch.js';
import { decide } from '../rollout/decide.js';
import type { Standing } from '../rollout/plan/actor.js';
import { ANOTHER_OPERATOR } from '../rollout/requirements/approval.js';
import { lackingApprovers } from '../rollout/requirements/approvers-left.js';
import { holdsBack } from '../rollout/spoken/cautions.js';
import type { Command, Holder } from '../rollout/state/commands.js';
import { type Refusal, refusal } from '../rollout/state/refusal.js';
import { isTerminal, type Phase } from '../rollout/state/rollout.js';
import { isLegal, type MovingVerb, rowOf, type Verb, type VerbWith } from '../rollout/state/verbs.js';
import type { Form } from '../slack/forms/index.js';
import { renderChoice, renderDone, renderNothing, renderOffer, renderRefusal } from '../slack/words/messages/index.js';
import type { Loaded } from '../store/rollouts.js';
import { closedToList, toOutsider } from './closed-to.js';
import { canOpenForm, carryOut, type Desk, type Reply, type Request } from './request.js';
import { which } from './which.js';

/** What the words or the click come to: a command, a form that asks for the rest, or a refusal. */
export type Meant = Command | Refusal | { readonly form: Form };

/** The road every verb that changes a rollout takes: find it, know who asks, dispatch, say how it ended. */
export async function move(
  request: Request,
  desk: Desk,
  verb: Verb,
  toCommand: (rest: string, loaded: Loaded) => Meant | Promise<Meant>,
): Promise<Reply> {
  const found = await which(request, desk, verb);
  if (!found.ok) {
    const closed = await closedToList(verb, request, { desk, listed: found.candidates });
    return refuse(verb, closed ?? found.refusal, null, found.candidates);
  }
  const { rollout } = found.loaded;
  const command = await toCommand(found.rest, found.loaded);
  if ('form' in command) return ask(request, verb, command.form, found.loaded);
  if ('reason' in command && 'conditions' in command) return refuse(verb, command, found.loaded);
  const [standing, holders] = await Promise.all([
    desk.directory.standing(request.actor, rollout.people),
    command.type === 'advance' ? approversOf(found.loaded, request, desk) : undefined,
  ]);
  if (isOffered(command) && takesAClick(request, command, found.rest))
    return offer(request, { verb, command, found: found.loaded, standing });
  const params = { rollout: rollout.id, command, actor: request.actor };
  const answer = await desk.dispatch.command(
    { key: request.key, params, tooLate: request.tooLate },
    rollout.id,
    { command, actor: request.actor, standing, ...(holders !== undefined && { holders }) },
    found.loaded,
  );
  if (answer.kind === 'refused') {
    const outside = standing.who === 'member' ? null : toOutsider(answer.refusal.reason, standing);
    if (outside) return refuse(verb, outside, null);
    const after = renewing(request, desk, answer);
    const reply = refuse(
      verb,
      answer.refusal,
      answer.rollout ? { ...found.loaded, rollout: answer.rollout } : found.loaded,
    );
    return after ? { ...reply, after } : reply;
  }
  if (answer.kind === 'nothing')
    return { rendered: renderNothing({ because: answer.because, rollout: answer.rollout ?? rollout }) };
  const after = carryOut(desk, answer);
  return { rendered: renderDone({ verb, rollout: answer.rollout }), ...(after ? { after } : {}) };
}

/** What is too old and in the way of what somebody asks is got again: its card says what comes of it. */
function renewing({ key }: Request, desk: Desk, answer: DispatchAnswer): (() => Promise<void>) | undefined {
  if (answer.kind !== 'refused' || !answer.rollout || answer.refusal.reason !== 'items_unmet') return undefined;
  const { id } = answer.rollout;
  const isStale = answer.refusal.conditions.some(
    (condition) =>
      condition.kind === 'lists' &&
      condition.lists.some(({ rows = [] }) => rows.some(({ state }) => state === 'stale')),
  );
  if (!isStale) return undefined;
  return async () => carryOut(desk, await desk.dispatch.fact(`stale:${key}`, id, { type: 'stale_needed' }))?.();
}

/** Who could approve the next stage. Null: Slack does not say. */
async function approversOf({ rollout }: Loaded, { actor }: Request, desk: Desk): Promise<readonly Holder[] | null> {
  const quorum = rollout.plan.stages[rollout.stage.no]?.approve ?? ANOTHER_OPERATOR;
  const enough = (holders: readonly Holder[]) => lackingApprovers('', quorum, { actor, holders }) === null;
  return desk.directory.holders(rollout.people, rollout.teamId, enough);
}

/** What is answered by a mention with the button that does it, always or where the words hold back. */
type Offered = Extract<Command, { readonly type: Exclude<MovingVerb, VerbWith<'mention', 'done'>> }>;

function isOffered(command: Command): command is Offered {
  return rowOf(command.type).mention !== 'done';
}

/** By a mention nothing is raised, nothing ends, and nothing goes back that was said with an if. */
function takesAClick({ surface }: Request, command: Offered, words: string): boolean {
  if (surface !== 'mention') return false;
  const { mention } = rowOf(command.type);
  return mention === 'button' || (mention === 'button_in_doubt' && holdsBack(words));
}

/** What it would come to now: the refusal, or the button that does it. Nothing is written. */
function offer(
  request: Request,
  { verb, command, found, standing }: { verb: Verb; command: Offered; found: Loaded; standing: Standing },
): Reply {
  const { rollout, watch, now } = found;
  const { actor } = request;
  const decision = decide(rollout, { command, actor, standing }, { now, watch });
  if (decision.outcome === 'refused') {
    const outside = standing.who === 'member' ? null : toOutsider(decision.refusal.reason, standing);
    return refuse(verb, outside ?? decision.refusal, outside ? null : found);
  }
  if (decision.outcome === 'nothing') return { rendered: renderNothing({ because: decision.because, rollout }) };
  switch (command.type) {
    case 'advance':
    case 'resume':
    case 'finish':
      return { rendered: renderOffer({ verb: command.type, rollout, reason: command.reason }) };
    case 'rollback':
      return { rendered: renderOffer({ verb: 'rollback', rollout, to: command.to, reason: command.reason }) };
    default:
      return command satisfies never;
  }
}

/** Opens the form; where none can be opened, says what is missing and how it is typed. */
function ask(request: Request, verb: Verb, form: Form, loaded: Loaded): Reply {
  const { phase } = loaded.rollout;
  // What would be refused once it is filled in is refused before it is asked.
  if (!canBeAsked(verb, phase)) {
    const helps = isTerminal(phase) ? 'start' : 'status';
    return refuse(verb, refusal('wrong_phase', [{ kind: 'phase', ok: false, phase }], { helps }), loaded);
  }
  const reply = refuse(verb, refusal('reason_missing', [], { helps: verb }), loaded);
  return canOpenForm(request) ? { ...reply, form } : reply;
}

/** An override is asked for while the bake is not over, when nothing else may be. */
function canBeAsked(verb: Verb, phase: Phase): boolean {
  if (verb === 'advance' && phase === 'baking') return true;
  return isLegal(verb, phase);
}

export function refuse(
  verb: Verb,
  refusal: Refusal,
  loaded: Loaded | null,
  candidates: readonly Loaded[] = [],
  plan?: string,
): Reply {
  if (refusal.reason === 'which_rollout')
    return {
      rendered: renderChoice({ verb, rollouts: candidates.map(({ rollout }) => rollout) }),
      refused: refusal.reason,
    };
  const { rollout = null, watch = null, now = new Date(0) } = loaded ?? {};
  const rendered = renderRefusal({ refusal, verb, rollout, watch, now, ...(plan !== undefined && { plan }) });
  return refusal.reason === 'reason_missing'
    ? { rendered, refused: refusal.reason, field: { name: 'reason', error: 'Say why: it is kept with the record.' } }
    : { rendered, refused: refusal.reason };
}
