import type { DeliverOptions } from './deliver.js';
import type { Message, ShowEffect } from './rollout/effects.js';
import type { Rollout } from './rollout/rollout.js';
import type { Rendered } from './slack/blocks.js';
import { renderMessage } from './slack/messages/index.js';
import { NO_ROOT, RENDER_ANEW, type Sender, TryLater } from './slack/send.js';
import { endShown } from './store/direct.js';
import { earlierLink } from './store/earlier-threads.js';
import { type EffectRow, endEffect, openLowering, retryEffect, slotWasTried } from './store/effects.js';
import { loadRollout } from './store/rollouts.js';

/** A message as it reads now, and the state it was made from. */
interface Drawn extends Rendered {
  readonly rollout: Rollout;
  readonly now: Date;
}

/** What is to be shown, before its words: they are made from the state at the moment of the try. */
interface Wanted {
  readonly rolloutId: number;
  readonly slot: string;
  readonly message: Message;
  readonly mayBePosted: boolean;
  readonly effect?: number;
  readonly person?: string;
  /** What is made of the words before they are shown. */
  as?(drawn: Drawn): Rendered;
}

export interface Messages {
  /** Carries out one effect of the message lane. */
  show(row: EffectRow, effect: ShowEffect): Promise<void>;
  /** Shows it as it stands now. False: there is no such rollout. Throws TryLater. */
  draw(wanted: Wanted): Promise<boolean>;
}

const POST_RETRY_MS = 5_000;
/** A live message that was deleted is rendered anew to post it, and once more to link to the thread it leaves behind. */
const TRIES = 4;

/** What a rollout says in Slack, from its state to the message. */
export function createMessages(options: Pick<DeliverOptions, 'db' | 'adapters' | 'log'>, sender: Sender): Messages {
  const { db, log } = options;

  async function show(row: EffectRow, effect: ShowEffect): Promise<void> {
    const { slot, message } = effect;
    try {
      const mayBePosted = row.attempts > 1 || (await slotWasTried(db, row, slot));
      const drawn = await draw({ rolloutId: row.rolloutId, slot, message, mayBePosted, effect: row.id });
      if (drawn) await endShown(db, row);
      else await endEffect(db, row, 'failed', 'no such rollout');
    } catch (error) {
      const later = error instanceof TryLater ? error : new TryLater(String(error), POST_RETRY_MS);
      const state = later.final ? 'failed' : 'later';
      log.warn(
        { rolloutId: row.rolloutId, slot, attempt: row.attempts, why: later.message, state },
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
  async function draw(wanted: Wanted): Promise<boolean> {
    for (let left = TRIES; ; left -= 1) {
      const drawn = await render(wanted.rolloutId, wanted.message);
      if (!drawn) return false;
      const { rolloutId: _id, as = () => drawn, ...what } = wanted;
      try {
        await sender.show({ ...what, rollout: drawn.rollout, now: drawn.now, rendered: as(drawn) });
        return true;
      } catch (error) {
        const code = error instanceof TryLater && left > 1 ? error.code : null;
        if (code !== NO_ROOT && code !== RENDER_ANEW) throw error;
        if (code === NO_ROOT) await draw({ ...LIVE, rolloutId: wanted.rolloutId });
      }
    }
  }

  async function render(rolloutId: number, message: Message): Promise<Drawn | null> {
    const loaded = await loadRollout(db, rolloutId);
    if (!loaded) return null;
    const { rollout, watch, now } = loaded;
    const lowering = await openLowering(db, rolloutId);
    const earlier = message.template === 'live' ? await earlierLink(db, rolloutId) : null;
    const byHand = options.adapters.byHand(rollout);
    const context = { rollout, watch, now, lowering, byHand, ...(earlier === null ? {} : { earlier }) };
    return { rollout, now, ...renderMessage(message, context) };
  }

  return { show, draw };
}

/** The live message, drawn from the rollout alone. */
export const LIVE = { slot: 'live', message: { template: 'live' }, mayBePosted: true } as const;
