import { loadPlan } from '../plans/read/load.js';
import { didYouMean } from '../plans/values/near-miss.js';
import { type Refusal, refusal } from '../rollout/state/refusal.js';
import { isExposed, isTerminal, type Rollout, rolloutName } from '../rollout/state/rollout.js';
import { isLegal, legalVerbs, rowOf, type Verb } from '../rollout/state/verbs.js';
import {
  activeRollouts,
  findRollouts,
  type Loaded,
  loadRollout,
  loadRolloutOfRequest,
  rolloutOfMessage,
} from '../store/rollouts.js';
import { nameAt, namesAt } from './grammar.js';
import type { Desk, Request } from './request.js';

/** The rollout a request is about and the words left, or why it is not clear, with what could be meant. */
export type Which =
  | { readonly ok: true; readonly loaded: Loaded; readonly rest: string }
  | { readonly ok: false; readonly refusal: Refusal; readonly candidates: readonly Loaded[] };

/**
 * The clicked button's; else `plan#3`; else the plan's clear run, in whatever channel; else the thread's; else the only one
 * of this channel; else refuse and list. A first word that names no plan that ever ran belongs to the command; one that
 * does is never taken for a reason to move another rollout.
 */
export async function which(request: Request, desk: Desk, verb: Verb): Promise<Which> {
  const { db } = desk;
  if (request.button) return byButton(request, desk);
  const named = nameAt(request.args);
  if (named && named.run !== null) {
    const { plan, run, rest, name } = named;
    const [loaded] = await findRollouts(db, { plan, run, ended: true });
    if (loaded) return { ok: true, loaded, rest };
    // `rollback ticket#123` names no plan that ever ran: a rollback is not held up by its reason.
    const words = verb === 'rollback' && (await findRollouts(db, { plan, ended: true })).length === 0;
    if (!words) return missing(name, await here(request, desk, verb));
  }
  for (const { plan, rest } of namesAt(request.args)) {
    const runs = await findRollouts(db, { plan, ended: true });
    const meant = runMeant(verb, runs);
    if (meant) return { ok: true, loaded: meant, rest };
    if (runs.length > 0) return unclearRun(plan, { verb, runs, candidates: await here(request, desk, verb) });
  }
  const candidates = await here(request, desk, verb);
  // A name with a slip in it is no reason for something else; only a rollback is not held up by a question.
  const slip = named && verb !== 'rollback' ? didYouMean(named.plan, namesOf(candidates)) : '';
  if (named && slip !== '') return missing(`${named.name}${slip}`, candidates);
  const another = rowOf(verb).leadsOn ? await anotherPlan(request.args, { candidates, desk }) : null;
  if (another !== null) return missing(another, candidates);
  if (request.threadTs) {
    const id = await rolloutOfMessage(db, request.channelId, request.threadTs);
    const loaded = id === null ? null : await loadRollout(db, id);
    if (loaded) return { ok: true, loaded, rest: request.args };
  }
  const only = onlyOne(request, candidates);
  if (only.ok) return only;
  if (candidates.length > 0) return only;
  // Nothing here: what runs elsewhere is named, so that nobody believes there is nothing to stop.
  return rowOf(verb).elsewhere ? elsewhere(only, desk) : only;
}

/** The words begin with the name of a plan that never ran, or with a longer name than that of one that runs (`checkout-v2`). */
async function anotherPlan(
  args: string,
  { candidates, desk }: { candidates: readonly Loaded[]; desk: Desk },
): Promise<string | null> {
  const names = namesAt(args);
  const [first] = names;
  const short = namesOf(candidates).find(
    (name) => first?.plan.startsWith(name) && /^(?:-[\p{L}\p{N}]|\p{N})/u.test(first.plan.slice(name.length)),
  );
  if (first && short !== undefined) return `${first.plan}; did you mean "${short}"?`;
  for (const { plan } of names) if (await loadPlan(desk.plansDir, plan).catch(() => undefined)) return plan;
  return null;
}

function namesOf(candidates: readonly Loaded[]): string[] {
  return candidates.map(({ rollout }) => rollout.plan.name);
}

async function elsewhere(none: Which, desk: Desk): Promise<Which> {
  const { rollouts: active } = await activeRollouts(desk.db, 50);
  return active.length > 0 ? unclear(active) : none;
}

/** The run of one plan this verb means, of all its runs with the active one first, then the newest; undefined: not clear. */
export function runMeant(verb: Verb, runs: readonly Loaded[]): Loaded | undefined {
  const [first] = runs;
  if (first && !isTerminal(first.rollout.phase)) return first;
  if (verb !== 'rollback') return rowOf(verb).ended ? first : undefined;
  const left = runs.find(({ rollout }) => canBeTakenBack(rollout));
  if (left) return left;
  // All are back already: said again only where there is but one it could be said to.
  const legal = runs.filter(({ rollout }) => isLegal('rollback', rollout.phase));
  return legal.length === 1 ? legal[0] : undefined;
}

/** Under way, or over with users still exposed, or not yet certain to be back. */
function canBeTakenBack(rollout: Rollout): boolean {
  if (!isTerminal(rollout.phase)) return true;
  return isLegal('rollback', rollout.phase) && (isExposed(rollout) || !rollout.exposure.settled);
}

/** The plan is known, the run is not: what could be meant instead, each to be asked for by its full name. */
function unclearRun(
  word: string,
  { verb, runs, candidates }: { verb: Verb; runs: readonly Loaded[]; candidates: readonly Loaded[] },
): Which {
  const possible = runs.filter(({ rollout }) => legalVerbs(rollout.phase).some((legal) => legal === verb));
  const listed = [...possible, ...candidates.filter(({ rollout }) => rollout.plan.name !== word)];
  return listed.length > 0 ? unclear(listed) : missing(word, []);
}

async function byButton(request: Request, desk: Desk): Promise<Which> {
  const { button } = request;
  if (button === null || 'plan' in button) return missing('', []);
  const loaded =
    'rollout' in button
      ? await loadRollout(desk.db, button.rollout)
      : await loadRolloutOfRequest(desk.db, button.request);
  return loaded ? { ok: true, loaded, rest: '' } : missing('', []);
}

/** What may be meant in this channel, active ones first. */
async function here(request: Request, desk: Desk, verb: Verb): Promise<Loaded[]> {
  const found = await findRollouts(desk.db, { channelId: request.channelId, ended: rowOf(verb).ended });
  return verb === 'rollback' ? found.filter(({ rollout }) => canBeTakenBack(rollout)) : found;
}

function onlyOne(request: Request, candidates: readonly Loaded[]): Which {
  const active = candidates.filter(({ rollout }) => !isTerminal(rollout.phase));
  const [first] = active;
  if (first && active.length === 1) return { ok: true, loaded: first, rest: request.args };
  if (active.length > 1) return unclear(active);
  const [last, another] = candidates;
  if (last && (!another || sameChannelHistory(candidates))) return { ok: true, loaded: last, rest: request.args };
  return candidates.length > 1
    ? unclear(candidates)
    : { ok: false, refusal: refusal('no_such_rollout', [], { helps: 'start' }), candidates: [] };
}

/** Nothing is active: runs of one plan are one story, and the newest is meant. */
function sameChannelHistory(candidates: readonly Loaded[]): boolean {
  return new Set(candidates.map(({ rollout }) => rollout.plan.name)).size === 1;
}

function unclear(candidates: readonly Loaded[]): Which {
  const detail = candidates.map(({ rollout }) => rolloutName(rollout)).join(', ');
  return { ok: false, refusal: refusal('which_rollout', [], { detail, helps: 'list' }), candidates };
}

function missing(word: string, candidates: readonly Loaded[]): Which {
  return { ok: false, refusal: refusal('no_such_rollout', [], { detail: word, helps: 'list' }), candidates };
}
