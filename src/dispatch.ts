import type { Logger } from 'pino';
import type { OnCrashPoint } from './crash-points.js';
import { createInOrder } from './in-order.js';
import { decide, record } from './rollout/decide.js';
import { decideStart } from './rollout/moves/start.js';
import { type Actor, actorKey, BOT } from './rollout/plan/actor.js';
import { canonicalText } from './rollout/plan/same-value.js';
import { goesStale } from './rollout/state/authority.js';
import { type CommandAsked, type Fact, itemsMeant, READS_ITEMS, type StartRequest } from './rollout/state/commands.js';
import type { Context } from './rollout/state/context.js';
import { type Accepted, type Decision, refused } from './rollout/state/decision.js';
import { beginsPlanned } from './rollout/state/lists.js';
import type { NothingBecause } from './rollout/state/nothing.js';
import { type Refusal, refusal } from './rollout/state/refusal.js';
import type { Rollout } from './rollout/state/rollout.js';
import type { Verb } from './rollout/state/verbs.js';
import { sha256 } from './store/chain.js';
import type { Db } from './store/connect.js';
import type { Decided } from './store/decided.js';
import type { EffectRow } from './store/effects.js';
import { recall, remember, type StoredAnswer } from './store/inbox.js';
import { type Loaded, loadRollout, loadRolloutAndItems, loadRolloutForItems, readForStart } from './store/rollouts.js';
import { write } from './store/write.js';

/** The answer to a command or a fact. `claimed` are effects this process created and must now carry out. */
export type DispatchAnswer =
  | {
      readonly kind: 'accepted';
      readonly rollout: Rollout;
      readonly claimed: readonly EffectRow[];
      readonly repeated: boolean;
    }
  | { readonly kind: 'nothing'; readonly rollout: Rollout | null; readonly because: NothingBecause }
  | { readonly kind: 'refused'; readonly rollout: Rollout | null; readonly refusal: Refusal };

/** One delivery: the key that makes it one however often it comes, and what it said. */
export interface Delivery {
  readonly key: string;
  readonly params: unknown;
  /** Whether by now it is too late to raise anything by it; asked just before the write. Absent: it never is. */
  readonly tooLate?: () => boolean;
}

export type StartPlan = Omit<StartRequest, 'id' | 'run' | 'last'> & { readonly planText: string };

export interface Dispatch {
  start(delivery: Delivery, plan: StartPlan): Promise<DispatchAnswer>;
  /** `seen`: as it was read a moment ago, by which it may be decided; an older one is read once more. */
  command(delivery: Delivery, rolloutId: number, asked: CommandAsked, seen?: Loaded): Promise<DispatchAnswer>;
  /** `seen`: as it was read for this fact, by which it is decided unless it changed since. */
  fact(key: string, rolloutId: number, fact: Fact, seen?: Loaded): Promise<DispatchAnswer>;
}

/** A person's command that lost to somebody faster is decided again, this often and this long. */
const PERSON_TRIES = 5;
const PERSON_MS = 2_000;
/** Items are ticked by many at once, over several processes, and each tick is meant: they are decided again like facts. */
const ITEM_TRIES = 50;
const ITEM_MS = 20_000;
/** What was read longer ago, because Slack was asked who somebody is or others were faster, is read once more. */
const SEEN_MS = 100;
/** The same for what a round of checks found: no person's words are decided by it, and the way down is not to wait for a read. */
const FACT_SEEN_MS = 1_000;
/** Facts happened; they are decided again until they fit. One that never did is an error, and told again by whoever knows it. */
const FACT_TRIES = 50;

/** Who asks what, over which connections. */
interface Asking {
  readonly db: Db;
  readonly delivery: Delivery;
  readonly actor: Actor;
}

type Unaccepted = Exclude<Decision, Accepted>;

/** The one door in: read → decide → guarded write. Never calls the world; what must happen there is left as effects. */
export function createDispatch(options: {
  /** For what people ask. */
  readonly db: Db;
  /** For facts and rollbacks, so that a flood of requests holds neither up; `db` when absent. */
  readonly urgent?: Db;
  readonly worker: string | null;
  readonly log: Logger;
  readonly onCrashPoint?: OnCrashPoint;
}): Dispatch {
  const { db: requests, worker, log } = options;
  const urgent = options.urgent ?? requests;
  const crashPoint: OnCrashPoint = options.onCrashPoint ?? (() => undefined);
  const inOrder = createInOrder<number>();

  /** Read, decide, write; and again on fresh state when somebody was faster. */
  async function decideAndWrite(input: {
    db: Db;
    delivery: Delivery;
    rolloutId: number;
    seen?: Loaded | undefined;
    seenMs: number;
    load: typeof loadRollout;
    actor: Actor;
    tries: number;
    untilMs: number;
    judge: (rollout: Rollout, context: Context) => Decision;
    /** Facts that mean nothing leave no trace; people's commands keep their answer. */
    keepQuiet: boolean;
  }): Promise<DispatchAnswer> {
    const { db, delivery, actor } = input;
    const started = performance.now();
    for (
      let tried = 0;
      tried < input.tries && (tried === 0 || performance.now() - started < input.untilMs);
      tried += 1
    ) {
      const loaded =
        tried === 0 && isRecent(input.seen, input.seenMs) ? input.seen : await input.load(db, input.rolloutId);
      if (!loaded) return refuse(null, refusal('no_such_rollout', [], { helps: 'list' }));
      const { rollout, watch, headHash, now, items } = loaded;
      const decision = input.judge(rollout, items ? { now, watch, items } : { now, watch });
      if (decision.outcome !== 'accepted')
        return input.keepQuiet ? quiet(decision, rollout) : settle({ db, delivery, actor }, decision, rollout);
      const answer =
        (await commit({ db, delivery, actor }, decision, {
          headHash,
          planText: '',
          ...(items && { items: items.items }),
        })) ?? (await repeated(db, delivery, rollout));
      if (answer) return answer;
    }
    // Who tells a fact is to tell it again; a refusal would be an answer.
    if (input.keepQuiet) throw new Error('others changed the rollout all the time; the fact is not recorded');
    return refuse(null, refusal('busy', [], { helps: 'status' }));
  }

  /** The guarded write. Null: somebody was faster, or this delivery was here before. */
  async function commit(
    { db, delivery, actor }: Asking,
    decision: Accepted,
    stored: Pick<Decided, 'headHash' | 'planText' | 'items'>,
  ): Promise<DispatchAnswer | null> {
    await crashPoint('FP02');
    const { before, after, events, effects } = decision;
    const outcome: StoredAnswer = { kind: 'accepted', seq: after.seq };
    const keys = { key: delivery.key, paramsHash: hashOf(delivery), actor: actorKey(actor), outcome };
    const written = await write(db, { ...keys, ...stored, before, after, events, effects, worker }).catch(lockConflict);
    if ('refusal' in written) return refuse(before, written.refusal);
    if (!written.applied) return null;
    for (const { event, actor: by } of events) {
      log.info({ rolloutId: after.id, event: event.type, actor: actorKey(by), phase: after.phase }, 'rollout changed');
    }
    if (events.some(({ event }) => event.type === 'approval_recorded')) await crashPoint('FP15');
    return { kind: 'accepted', rollout: after, claimed: written.claimed, repeated: false };
  }

  /** Answers that change nothing are kept too: a repeat gets the same words even if the rollout moved on. */
  async function settle(
    { db, delivery, actor }: Asking,
    decision: Unaccepted,
    rollout: Rollout | null,
  ): Promise<DispatchAnswer> {
    const outcome: StoredAnswer =
      decision.outcome === 'nothing'
        ? { kind: 'nothing', because: decision.because }
        : { kind: 'refused', refusal: decision.refusal };
    const keys = { key: delivery.key, paramsHash: hashOf(delivery), actor: actorKey(actor) };
    if (await remember(db, { ...keys, rolloutId: rollout?.id ?? null, outcome })) return quiet(decision, rollout);
    return (await repeated(db, delivery, rollout)) ?? quiet(decision, rollout);
  }

  /** What this delivery was answered before; the same key with other words is refused. */
  async function repeated(db: Db, delivery: Delivery, rollout: Rollout | null): Promise<DispatchAnswer | null> {
    const known = await recall(db, delivery.key);
    if (!known) return null;
    if (known.paramsHash !== hashOf(delivery))
      return refuse(rollout, refusal('changed_delivery', [], { helps: 'status' }));
    const { outcome } = known;
    if (outcome.kind === 'nothing') return { kind: 'nothing', rollout, because: outcome.because };
    const loaded = known.rolloutId === null ? null : await loadRollout(db, known.rolloutId);
    if (outcome.kind === 'refused') return refuse(rollout ?? loaded?.rollout ?? null, outcome.refusal);
    return loaded ? { kind: 'accepted', rollout: loaded.rollout, claimed: [], repeated: true } : null;
  }

  return {
    async start(delivery, { planText, ...request }) {
      const { actor } = request;
      const asking = { db: requests, delivery, actor };
      const again = await repeated(requests, delivery, null);
      if (again) return again;
      const read = await readForStart(requests, request.plan.name, request.targetKeys);
      const taken = startConflict(read, beginsPlanned(request.lists ?? []));
      const { id, run, last, now } = read;
      const decision =
        late(delivery, 'start') ?? (taken ? refused(taken) : decideStart({ ...request, id, run, last }, now));
      // The run before is the one the refusal is about, if it is about any.
      if (decision.outcome !== 'accepted') return settle(asking, decision, read.active ?? lastRunShown(decision, last));
      const answer = await commit(asking, decision, { headHash: '', planText });
      return (
        answer ?? (await repeated(requests, delivery, null)) ?? refuse(null, refusal('busy', [], { helps: 'status' }))
      );
    },

    command: (delivery, rolloutId, asked, seen) => {
      const down = asked.command.type === 'rollback';
      const refs = itemsMeant(asked.command);
      const load: typeof loadRollout = refs ? (db, id) => loadRolloutForItems(db, id, refs) : loadRolloutAndItems;
      const job = () =>
        decideAndWrite({
          db: down ? urgent : requests,
          delivery,
          rolloutId,
          // What people ask may be about items; facts are decided by how far the lists are.
          seen: !down && seen && seen.rollout.lists.length > 0 && !seen.items ? undefined : seen,
          load: down ? loadRollout : load,
          seenMs: SEEN_MS,
          actor: asked.actor,
          tries: refs ? ITEM_TRIES : PERSON_TRIES,
          untilMs: refs ? ITEM_MS : PERSON_MS,
          keepQuiet: false,
          judge: (rollout, context) => late(delivery, asked.command.type) ?? decide(rollout, asked, context),
        });
      return inOrder(rolloutId, job, down);
    },

    // What happened, and what goes down, waits for no other command.
    fact: (key, rolloutId, fact, seen) => {
      const job = () =>
        decideAndWrite({
          db: urgent,
          delivery: { key, params: null },
          rolloutId,
          seen,
          load: loadFor(fact),
          seenMs: FACT_SEEN_MS,
          actor: BOT,
          tries: FACT_TRIES,
          untilMs: 30_000,
          keepQuiet: true,
          judge: (rollout, context) => record(rollout, fact, context),
        });
      return inOrder(rolloutId, job, true);
    },
  };
}

/** What is read for a fact: no more than it is decided by. */
function loadFor(fact: Fact): typeof loadRollout {
  const refs = itemsMeant(fact);
  if (refs) return (db, id) => loadRolloutForItems(db, id, refs);
  return READS_ITEMS[fact.type] ? loadRolloutAndItems : loadRollout;
}

function isRecent(seen: Loaded | undefined, ms: number): seen is Loaded {
  return seen !== undefined && performance.now() - seen.askedAt < ms;
}

/** What raises is refused once nobody waits for it any more, however long it was decided or queued. */
function late({ tooLate }: Delivery, verb: Verb): Decision | null {
  return goesStale(verb) && tooLate?.() ? refused(refusal('stale_delivery', [], { helps: 'status' })) : null;
}

function lastRunShown(decision: Unaccepted, last: Rollout | null): Rollout | null {
  if (decision.outcome !== 'refused') return null;
  const { reason } = decision.refusal;
  return reason === 'last_run_rolled_back' || reason === 'rollback_unfinished' ? last : null;
}

function refuse(rollout: Rollout | null, why: Refusal): DispatchAnswer {
  return { kind: 'refused', rollout, refusal: why };
}

function quiet(decision: Unaccepted, rollout: Rollout | null): DispatchAnswer {
  return decision.outcome === 'nothing'
    ? { kind: 'nothing', rollout, because: decision.because }
    : refuse(rollout, decision.refusal);
}

function hashOf(delivery: Delivery): string {
  return sha256(canonicalText(delivery.params ?? null));
}

/** Why a start must wait: the same plan runs, or its targets belong to another rollout or are still settling. */
function startConflict(
  { active, now, locks }: Awaited<ReturnType<typeof readForStart>>,
  isPlanned: boolean,
): Refusal | null {
  if (active)
    return refusal('already_running', [{ kind: 'phase', ok: false, phase: active.phase }], { helps: 'status' });
  const [lock] = locks;
  // Its targets are not its own before it begins.
  if (!lock || isPlanned) return null;
  if (!lock.settlesAt) return refusal('target_locked', [], { detail: `${lock.holder} has ${lock.key}`, helps: 'list' });
  const seconds = Math.max(1, Math.ceil((lock.settlesAt.getTime() - now.getTime()) / 1000));
  return refusal('target_settling', [], { facts: { kind: 'settles', seconds }, helps: 'start' });
}

/** Two starts in the same moment: the lock's own key decides, and the loser is told as if it had come later. */
function lockConflict(error: unknown): { readonly refusal: Refusal } {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code === '23505' && constraint === 'target_locks_pkey')
    return { refusal: refusal('target_locked', [], { helps: 'list' }) };
  if (code === '23505' && constraint === 'one_run_number_once')
    return { refusal: refusal('already_running', [], { helps: 'status' }) };
  throw error;
}
