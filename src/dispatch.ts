import type { Logger } from 'pino';
import { type Actor, actorKey, BOT } from './rollout/actor.js';
import type { Asked, Fact, StartRequest } from './rollout/commands.js';
import { decide, record } from './rollout/decide.js';
import { decideStart } from './rollout/decide-start.js';
import type { Context, Decision } from './rollout/draft.js';
import { type Refusal, refusal } from './rollout/refusal.js';
import type { Rollout } from './rollout/rollout.js';
import type { OnStep } from './steps.js';
import { sha256 } from './store/chain.js';
import type { Db } from './store/connect.js';
import type { EffectRow } from './store/effects.js';
import { type Outcome, recall, remember } from './store/inbox.js';
import { loadRollout, readForStart } from './store/rollouts.js';
import { write } from './store/write.js';

/** The answer to a command or a fact. `claimed` are effects this process created and must now carry out. */
export type Answer =
  | {
      readonly kind: 'accepted';
      readonly rollout: Rollout;
      readonly claimed: readonly EffectRow[];
      readonly repeated: boolean;
    }
  | { readonly kind: 'nothing'; readonly rollout: Rollout | null; readonly note: string }
  | { readonly kind: 'refused'; readonly rollout: Rollout | null; readonly refusal: Refusal };

/** One delivery: the key that makes it one however often it comes, and what it said. */
export interface Delivery {
  readonly key: string;
  readonly params: unknown;
}

export type StartPlan = Omit<StartRequest, 'id' | 'run'> & { readonly planText: string };

export interface Dispatch {
  start(delivery: Delivery, plan: StartPlan): Promise<Answer>;
  command(delivery: Delivery, rolloutId: number, asked: Asked): Promise<Answer>;
  fact(key: string, rolloutId: number, fact: Fact): Promise<Answer>;
}

/** A person's command that lost to somebody faster is decided again, this often and this long. */
const PERSON_TRIES = 5;
const PERSON_MS = 2_000;
/** Facts happened; they are decided again until they fit. */
const FACT_TRIES = 50;

/** The one door in: read → decide → guarded write. Never calls the world; what must happen there is left as effects. */
export function createDispatch(options: { db: Db; worker: string | null; log: Logger; onStep?: OnStep }): Dispatch {
  const { db, worker, log } = options;
  const step: OnStep = options.onStep ?? (() => undefined);
  const inOrder = oneAtATime<number>();

  async function decideAndWrite(input: {
    delivery: Delivery;
    rolloutId: number;
    actor: Actor;
    tries: number;
    untilMs: number;
    judge: (rollout: Rollout, context: Context) => Decision;
    keepQuiet: boolean;
  }): Promise<Answer> {
    const started = performance.now();
    const paramsHash = sha256(JSON.stringify(input.delivery.params ?? null));
    for (
      let attempt = 0;
      attempt < input.tries && (attempt === 0 || performance.now() - started < input.untilMs);
      attempt += 1
    ) {
      const loaded = await loadRollout(db, input.rolloutId);
      if (!loaded)
        return { kind: 'refused', rollout: null, refusal: refusal('no_such_rollout', [], { helps: 'list' }) };
      const { rollout, watch, headHash, now } = loaded;
      const decision = input.judge(rollout, { now, watch });
      if (decision.outcome !== 'accepted') {
        if (input.keepQuiet) return quiet(decision, rollout);
        return settle(input.delivery, paramsHash, input.actor, decision, rollout);
      }
      await step('FP02');
      const outcome: Outcome = { kind: 'accepted', seq: decision.after.seq };
      const { before, after, events, effects } = decision;
      const keys = { key: input.delivery.key, paramsHash, actor: actorKey(input.actor) };
      const refusedByLock = await write(db, {
        ...keys,
        outcome,
        before,
        after,
        events,
        effects,
        headHash,
        planText: '',
        worker,
      }).catch(lockConflict);
      if ('refusal' in refusedByLock) return { kind: 'refused', rollout, refusal: refusedByLock.refusal };
      if (refusedByLock.applied) {
        logEvents(decision.events, after);
        if (events.some(({ event }) => event.type === 'approval_recorded')) await step('FP15');
        return { kind: 'accepted', rollout: after, claimed: refusedByLock.claimed, repeated: false };
      }
      const again = await repeated(input.delivery, paramsHash, rollout);
      if (again) return again;
    }
    return { kind: 'refused', rollout: null, refusal: refusal('busy', [], { helps: 'status' }) };
  }

  /** Answers that change nothing are kept too: a repeat gets the same words even if the rollout moved on. */
  async function settle(
    delivery: Delivery,
    paramsHash: string,
    actor: Actor,
    decision: Exclude<Decision, { outcome: 'accepted' }>,
    rollout: Rollout,
  ): Promise<Answer> {
    const before = await repeated(delivery, paramsHash, rollout);
    if (before) return before;
    const outcome: Outcome =
      decision.outcome === 'nothing'
        ? { kind: 'nothing', note: decision.note }
        : { kind: 'refused', refusal: decision.refusal };
    await remember(db, { key: delivery.key, paramsHash, rolloutId: rollout.id, actor: actorKey(actor), outcome });
    return quiet(decision, rollout);
  }

  async function repeated(delivery: Delivery, paramsHash: string, rollout: Rollout | null): Promise<Answer | null> {
    const known = await recall(db, delivery.key);
    if (!known) return null;
    if (known.paramsHash !== paramsHash)
      return { kind: 'refused', rollout, refusal: refusal('changed_delivery', [], { helps: 'status' }) };
    const { outcome } = known;
    if (outcome.kind === 'nothing') return { kind: 'nothing', rollout, note: outcome.note };
    if (outcome.kind === 'refused') return { kind: 'refused', rollout, refusal: outcome.refusal };
    const loaded = known.rolloutId === null ? null : await loadRollout(db, known.rolloutId);
    return loaded ? { kind: 'accepted', rollout: loaded.rollout, claimed: [], repeated: true } : null;
  }

  function logEvents(events: readonly { event: { type: string }; actor: Actor }[], after: Rollout): void {
    for (const { event, actor } of events) {
      log.info(
        { rolloutId: after.id, event: event.type, actor: actorKey(actor), phase: after.phase },
        'rollout changed',
      );
    }
  }

  return {
    async start(delivery, plan) {
      const paramsHash = sha256(JSON.stringify(delivery.params ?? null));
      const again = await repeated(delivery, paramsHash, null);
      if (again) return again;
      const read = await readForStart(db, plan.plan.name, plan.targetKeys);
      const taken = read.active ? startConflict(read.active, read.now, []) : startConflict(null, read.now, read.locks);
      const { planText, ...request } = plan;
      const decision: Decision = taken
        ? { outcome: 'refused', refusal: taken }
        : decideStart({ ...request, id: read.id, run: read.run }, read.now);
      const actor = actorKey(plan.actor);
      if (decision.outcome !== 'accepted') {
        const outcome: Outcome =
          decision.outcome === 'refused'
            ? { kind: 'refused', refusal: decision.refusal }
            : { kind: 'nothing', note: decision.note };
        await remember(db, { key: delivery.key, paramsHash, rolloutId: null, actor, outcome });
        return decision.outcome === 'refused'
          ? { kind: 'refused', rollout: read.active, refusal: decision.refusal }
          : { kind: 'nothing', rollout: null, note: decision.note };
      }
      await step('FP02');
      const { before, after, events, effects } = decision;
      const outcome: Outcome = { kind: 'accepted', seq: after.seq };
      const written = await write(db, {
        key: delivery.key,
        paramsHash,
        actor,
        outcome,
        before,
        after,
        events,
        effects,
        headHash: '',
        planText,
        worker,
      }).catch(lockConflict);
      if ('refusal' in written) return { kind: 'refused', rollout: null, refusal: written.refusal };
      if (written.applied) {
        logEvents(events, after);
        return { kind: 'accepted', rollout: after, claimed: written.claimed, repeated: false };
      }
      return (
        (await repeated(delivery, paramsHash, null)) ?? { kind: 'refused', rollout: null, refusal: refusal('busy') }
      );
    },

    command: (delivery, rolloutId, asked) =>
      inOrder(rolloutId, () =>
        decideAndWrite({
          ...{ delivery, rolloutId, actor: asked.actor, tries: PERSON_TRIES, untilMs: PERSON_MS, keepQuiet: false },
          judge: (rollout, context) => decide(rollout, asked, context),
        }),
      ),

    fact: (key, rolloutId, fact) =>
      inOrder(rolloutId, () =>
        decideAndWrite({
          ...{
            delivery: { key, params: null },
            rolloutId,
            actor: BOT,
            tries: FACT_TRIES,
            untilMs: 30_000,
            keepQuiet: true,
          },
          judge: (rollout, context) => record(rollout, fact, context),
        }),
      ),
  };
}

function quiet(decision: Exclude<Decision, { outcome: 'accepted' }>, rollout: Rollout): Answer {
  return decision.outcome === 'nothing'
    ? { kind: 'nothing', rollout, note: decision.note }
    : { kind: 'refused', rollout, refusal: decision.refusal };
}

/** Why a start must wait: the same plan runs, or its targets belong to another rollout or are still settling. */
function startConflict(
  active: Rollout | null,
  now: Date,
  locks: readonly { key: string; rolloutId: number; settlesAt: Date | null }[],
): Refusal | null {
  if (active)
    return refusal('already_running', [{ kind: 'phase', ok: false, phase: active.phase }], { helps: 'status' });
  const [lock] = locks;
  if (!lock) return null;
  if (!lock.settlesAt) return refusal('target_locked', [], { detail: lock.key, helps: 'list' });
  const seconds = Math.max(1, Math.ceil((lock.settlesAt.getTime() - now.getTime()) / 1000));
  return refusal('target_settling', [], { detail: String(seconds), helps: 'start' });
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

/** Runs jobs of one key after another, of different keys side by side: writers of one rollout do not race in one process. */
function oneAtATime<K>(): <T>(key: K, job: () => Promise<T>) => Promise<T> {
  const tails = new Map<K, Promise<unknown>>();
  return (key, job) => {
    const run = (tails.get(key) ?? Promise.resolve()).then(job, job);
    const tail = run.catch(() => undefined);
    tails.set(key, tail);
    void tail.then(() => tails.get(key) === tail && tails.delete(key));
    return run;
  };
}
