import type { Logger } from 'pino';
import type { Adapters } from './adapters.js';
import { createTargetLane } from './deliver-target.js';
import type { Dispatch } from './dispatch.js';
import type { Rendered } from './slack/blocks.js';
import { renderMessage } from './slack/messages/index.js';
import { NO_ROOT, type Sender, type Showing, TryLater } from './slack/send.js';
import type { OnStep } from './steps.js';
import type { Db } from './store/connect.js';
import {
  claimEffects,
  type EffectRow,
  endEffect,
  type Lane,
  openLowering,
  retryEffect,
  slotWasTried,
} from './store/effects.js';
import { claimRedraws } from './store/messages.js';
import { loadRollout } from './store/rollouts.js';

export interface Deliver {
  /** Carries out effects this process already holds. Resolves when they ended or were given back. */
  run(rows: readonly EffectRow[]): Promise<void>;
  /** Claims what is due (of one rollout, or of all) and carries it out, until nothing is due. */
  pump(rolloutId?: number): Promise<void>;
  /** Draws live messages anew whose time has come, if they would show something else. */
  redraw(): Promise<void>;
}

export interface DeliverOptions {
  readonly db: Db;
  readonly worker: string;
  readonly dispatch: Dispatch;
  readonly adapters: Adapters;
  /** Null: messages stay where they are, for a process that can talk to Slack. */
  readonly sender: Sender | null;
  readonly log: Logger;
  readonly onStep?: OnStep;
}

/** How many effects this process carries out at once; the rest waits in the table, where any process may take it. */
const IN_FLIGHT = 32;
const CLAIM = 16;
/** One that could not be drawn is tried again after this; one that was says itself when it is due. */
const REDRAW_AGAIN_MS = 10_000;
const POST_RETRY_MS = 5_000;

/** The one door out: pending effects become calls to targets and messages in Slack. */
export function createDeliver(options: DeliverOptions): Deliver {
  const { db, worker, sender, log } = options;
  const step: OnStep = options.onStep ?? (() => undefined);
  const inHand: Record<Lane, Set<number>> = { target: new Set(), message: new Set() };
  const targets = createTargetLane({ ...options, run: (rows) => run(rows) });

  async function run(rows: readonly EffectRow[]): Promise<void> {
    await Promise.all(rows.map((row) => carryOut(row)));
  }

  async function carryOut(row: EffectRow): Promise<void> {
    const lane = row.effect.kind === 'show' ? 'message' : 'target';
    inHand[lane].add(row.id);
    try {
      if (row.effect.kind === 'show') await show(row, row.effect);
      else await targets(row, row.effect);
    } catch (error) {
      // Nothing is lost: the claim is not in hand any more, and is taken again in a moment, here or elsewhere.
      log.error(
        { err: error, rolloutId: row.rolloutId, effect: row.effect.kind, attempt: row.attempts },
        'effect not carried out',
      );
    } finally {
      inHand[lane].delete(row.id);
    }
  }

  async function show(row: EffectRow, effect: Extract<EffectRow['effect'], { kind: 'show' }>): Promise<void> {
    if (!sender) return;
    await step('FP13');
    const rendered = await render(row.rolloutId, effect.message);
    if (!rendered) {
      await endEffect(db, row, 'failed', 'no such rollout');
      return;
    }
    try {
      const { rollout, now } = rendered;
      const { slot, message } = effect;
      const mayBePosted = row.attempts > 1 || (await slotWasTried(db, row, slot));
      await underItsRoot(sender, { rollout, now, slot, message, rendered, mayBePosted });
      await endEffect(db, row, 'done');
    } catch (error) {
      const later = error instanceof TryLater ? error : new TryLater(String(error), POST_RETRY_MS);
      const state = later.final ? 'failed' : 'later';
      log.warn(
        { rolloutId: row.rolloutId, slot: effect.slot, attempt: row.attempts, why: later.message, state },
        'message not shown',
      );
      if (later.final) await endEffect(db, row, 'failed', later.message);
      else await retryEffect(db, row, later.afterMs, later.message);
    }
  }

  /**
   * Replies stand under the live message. Its own effect may stand behind theirs (a newer one took the place of the first
   * before it was posted), so waiting for it would be waiting for ever: it is posted first.
   */
  async function underItsRoot(to: Sender, showing: Showing): Promise<void> {
    try {
      await to.show(showing);
    } catch (error) {
      if (!(error instanceof TryLater) || error.code !== NO_ROOT) throw error;
      const message = { template: 'live' } as const;
      const rendered = await render(showing.rollout.id, message);
      if (rendered) await to.show({ ...showing, slot: 'live', message, rendered, mayBePosted: true });
      await to.show(showing);
    }
  }

  async function render(rolloutId: number, message: Extract<EffectRow['effect'], { kind: 'show' }>['message']) {
    const loaded = await loadRollout(db, rolloutId);
    if (!loaded) return null;
    const { rollout, watch, now } = loaded;
    const lowering = await openLowering(db, rolloutId);
    const byHand = options.adapters.byHand(rollout);
    const rendered: Rendered = renderMessage(message, { rollout, watch, now, lowering, byHand });
    return { rollout, now, ...rendered };
  }

  async function pumpLane(lane: Lane, rolloutId?: number): Promise<void> {
    const full = IN_FLIGHT <= inHand[lane].size;
    if (full && lane === 'message') return;
    const limit = full ? CLAIM : Math.min(CLAIM, IN_FLIGHT - inHand[lane].size);
    const which = rolloutId === undefined ? {} : { rolloutId };
    const rows = await claimEffects(db, { worker, lane, limit, ...which, inHand: [...inHand[lane]], lowerOnly: full });
    if (rows.length === 0) return;
    // Each one that ends may have freed the next on its lane; the slow ones hold up nobody.
    await Promise.all(rows.map((row) => carryOut(row).then(() => pumpLane(lane, row.rolloutId))));
  }

  return {
    run,
    async pump(rolloutId) {
      await Promise.all([pumpLane('target', rolloutId), sender ? pumpLane('message', rolloutId) : undefined]);
      // What the targets answered may have something to say.
      if (sender) await pumpLane('message', rolloutId);
    },
    async redraw() {
      if (!sender) return;
      const ids = await claimRedraws(db, REDRAW_AGAIN_MS, CLAIM);
      await Promise.all(
        ids.map(async (id) => {
          const rendered = await render(id, { template: 'live' });
          const message = { template: 'live' } as const;
          if (rendered)
            await sender
              .show({
                rollout: rendered.rollout,
                now: rendered.now,
                slot: 'live',
                message,
                rendered,
                mayBePosted: false,
              })
              .catch(() => undefined);
        }),
      );
    },
  };
}
