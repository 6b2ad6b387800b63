import { setTimeout as delay } from 'node:timers/promises';
import { addressed } from '../rollout/state/audience.js';
import type { Message, ShowEffect } from '../rollout/state/effects.js';
import type { Rollout } from '../rollout/state/rollout.js';
import { classify, isRefused, isRefusedForGood, retryAfterMs, type TryLater } from '../slack/connection/failures.js';
import { asInstead } from '../slack/posting/copies.js';
import { HELD, NO_ROOT, RENDER_AGAIN, type Sender } from '../slack/posting/send.js';
import type { Showing } from '../slack/posting/showing.js';
import type { Rendered } from '../slack/words/blocks.js';
import { renderMessage } from '../slack/words/messages/index.js';
import { NO_ANSWER, WAITS } from '../slack/words/phrases/channel-refused.js';
import { endShown } from '../store/direct.js';
import { earlierLink } from '../store/earlier-threads.js';
import { type EffectRow, endEffect, noteFailing, openLowering, retryPost, slotWasTried } from '../store/effects.js';
import { wasPosted } from '../store/messages.js';
import { loadRollout, loadRolloutAndItems } from '../store/rollouts.js';
import type { DeliverOptions } from './options.js';

/** A message as it reads now, and the state it was made from. */
interface Drawn extends Rendered {
  readonly rollout: Rollout;
  /** In words that call nobody, where these call people. */
  readonly repeated?: Rendered;
  readonly now: Date;
}

/** What is to be shown, before its words: they are made from the state at the moment of the try. */
interface Wanted {
  readonly rolloutId: number;
  readonly slot: string;
  readonly message: Message;
  readonly addressed: Showing['addressed'];
  readonly mayBePosted: Showing['mayBePosted'];
  /** How often this was tried in vain. */
  readonly failures: number;
  readonly effect?: number;
  readonly person?: string;
  /** What is made of the words before they are shown. */
  as?(drawn: Drawn): Rendered;
}

export interface Messages {
  /** Carries out one effect of the message lane. Resolves with false when people have to be told directly. */
  show(row: EffectRow, effect: ShowEffect): Promise<boolean>;
  /** The first message of a rollout, made where it is missing: see `announce` of the target lane. */
  announce(rolloutId: number): Promise<string | null>;
  /** Shows it as it stands now. False: there is no such rollout. Throws TryLater. */
  draw(wanted: Wanted): Promise<boolean>;
}

/** A live message that is gone is rendered again to post it, and once more to link to the thread it leaves behind. */
const TRIES = 4;
/** A post that no channel took for so long is news no more. */
const GIVEN_UP_MS = 24 * 3_600_000;
const LOUD_EVERY_MS = 60_000;
/** A first raise waits for its first message no longer than this; another process may be posting it. */
const ANNOUNCE_MS = 4_000;
const ANNOUNCE_AGAIN_MS = 300;

/** What a rollout says in Slack, from its state to the message. */
export function createMessages(
  options: Pick<DeliverOptions, 'db' | 'dispatch' | 'adapters' | 'log'> & {
    /** Resolves when nothing more urgent than words is under way, or soon. */
    readonly mayBegin: () => Promise<void>;
  },
  sender: Sender,
): Messages {
  const { db, dispatch, log, mayBegin } = options;
  let loudAt = Number.NEGATIVE_INFINITY;

  async function show(row: EffectRow, effect: ShowEffect): Promise<boolean> {
    const { slot, message } = effect;
    try {
      const mayBePosted = () => row.attempts > 1 || slotWasTried(db, row, slot);
      const failures = row.attempts - 1;
      const { unreached } = effect;
      const drawn = await draw({
        rolloutId: row.rolloutId,
        slot,
        message,
        addressed: row.addressed,
        mayBePosted,
        failures,
        effect: row.id,
        ...(unreached !== undefined && { as: (one: Drawn) => asInstead(one, unreached) }),
      });
      if (drawn) await endShown(db, row);
      else await endEffect(db, row, 'failed', 'no such rollout');
      return true;
    } catch (error) {
      return await notShown(row, effect, classify(error));
    }
  }

  async function notShown(row: EffectRow, { slot }: ShowEffect, failure: TryLater): Promise<boolean> {
    const failingMs = await noteFailing(db, row);
    const tried = { failures: row.attempts, failingMs };
    const refused = isRefused(failure, tried);
    const about = { rolloutId: row.rolloutId, slot, attempt: row.attempts, why: failure.message, refused };
    if (failure.remedy === 'token') sayLoudly(about);
    else log.warn(about, 'message not shown');
    if (failingMs > GIVEN_UP_MS) {
      log.error(about, 'message given up');
      await endEffect(db, row, 'failed', failure.message);
      return true;
    }
    const { mustHear, urgent, place } = row.addressed;
    if (place === 'root' && isRefusedForGood(failure, tried)) await noteUnannounced(row, failure);
    await retryPost(db, row, {
      afterMs: retryAfterMs(failure, tried, urgent),
      error: failure.message,
      code: refused ? wordFor(failure) : null,
    });
    return !refused || mustHear === null;
  }

  /** The rules decide what becomes of a rollout whose channel has never shown it. */
  async function noteUnannounced({ id, rolloutId }: EffectRow, failure: TryLater): Promise<void> {
    if (await wasPosted(db, rolloutId, LIVE.slot)) return;
    await dispatch.fact(`effect:${id}:refused`, rolloutId, { type: 'post_refused', code: wordFor(failure) });
  }

  async function announce(rolloutId: number): Promise<string | null> {
    const began = performance.now();
    if (await wasPosted(db, rolloutId, LIVE.slot)) return null;
    for (let failures = 1; ; failures += 1) {
      const failure = await Promise.race([
        draw({ ...LIVE, rolloutId }).then(() => null, classify),
        delay(ANNOUNCE_MS, null, { ref: false }),
      ]);
      if (failure === null || (await wasPosted(db, rolloutId, LIVE.slot))) return null;
      if (isRefusedForGood(failure, { failures, failingMs: 0 })) return wordFor(failure);
      // Another process may be at it, and an error that nobody knows may pass; anything else means that Slack is away.
      const mayBeOther = failure.code === HELD || failure.remedy === 'tell_people';
      if (!mayBeOther || performance.now() - began > ANNOUNCE_MS) return null;
      await delay(Math.min(failure.afterMs, ANNOUNCE_AGAIN_MS));
    }
  }

  /** Nobody can be told through Slack. What keeps users safe goes on; this is said here, and not a hundred times a minute. */
  function sayLoudly(about: object): void {
    if (performance.now() - loudAt < LOUD_EVERY_MS) return;
    loudAt = performance.now();
    log.error(about, 'Slack refuses the token of the bot: nobody can be told anything; checks and rollbacks go on');
  }

  /**
   * Replies stand under the live message. Its own effect may stand behind theirs (a newer one took the place of the first
   * before it was posted), so waiting for it would be waiting for ever: it is posted first.
   */
  async function draw(wanted: Wanted): Promise<boolean> {
    await mayBegin();
    let rootless = false;
    for (let left = TRIES; ; left -= 1) {
      const drawn = await render(wanted);
      if (!drawn) return false;
      const { rolloutId: _id, as = () => drawn, ...what } = wanted;
      try {
        const { rollout, now, repeated } = drawn;
        await sender.show({ ...what, rootless, rollout, now, rendered: as(drawn), ...(repeated && { repeated }) });
        return true;
      } catch (error) {
        const failure = classify(error);
        const code = left > 1 ? failure.code : null;
        if (code !== NO_ROOT && code !== RENDER_AGAIN) throw failure;
        if (code === NO_ROOT && !(await beginThread(wanted))) rootless = true;
      }
    }
  }

  /** False: there is no thread to be had, and what this says cannot wait for one: it stands in the channel itself. */
  async function beginThread({ rolloutId, addressed: { urgent }, failures }: Wanted): Promise<boolean> {
    try {
      await draw({ ...LIVE, rolloutId, failures });
      return true;
    } catch (error) {
      if (!urgent) throw error;
      return false;
    }
  }

  async function render({ rolloutId, message, addressed: { place } }: Wanted): Promise<Drawn | null> {
    const loaded = await (showsItems(message) ? loadRolloutAndItems : loadRollout)(db, rolloutId);
    if (!loaded) return null;
    const { rollout, watch, now, items } = loaded;
    // Nobody is told of a lowering before there was a rollback.
    const lowering = rollout.rollback ? await openLowering(db, rolloutId) : null;
    const earlier = place === 'root' ? await earlierLink(db, rolloutId) : null;
    const byHand = options.adapters.byHand(rollout);
    const context = {
      rollout,
      watch,
      now,
      lowering,
      byHand,
      ...(items && { items }),
      ...(earlier === null ? {} : { earlier }),
    };
    const repeated = repeatedly(message);
    return {
      rollout,
      now,
      ...renderMessage(message, context),
      ...(repeated && { repeated: renderMessage(repeated, context) }),
    };
  }

  return { show, announce, draw };
}

/** Only these read what is known of every item. */
function showsItems({ template }: Message): boolean {
  return template === 'list_card' || template === 'approval_request' || template === 'owners_asked';
}

/** What calls people calls them once, however often it has to be posted; an incident always does. */
function repeatedly(message: Message): Message | null {
  if (message.template !== 'alert' || message.post.mentions.length === 0) return null;
  return { ...message, post: { ...message.post, mentions: [] } };
}

/** The live message, drawn from the rollout alone. */
const AS_EFFECT = { kind: 'show', slot: 'live', message: { template: 'live' } } as const;
export const LIVE = {
  slot: AS_EFFECT.slot,
  message: AS_EFFECT.message,
  addressed: addressed(AS_EFFECT),
  mayBePosted: () => true,
  failures: 0,
} as const;

/** What a refusal is called where people read it: Slack's code, or that it said nothing, or that the bot itself waits. */
function wordFor({ code, remedy }: TryLater): string {
  return remedy === null ? WAITS : (code ?? NO_ANSWER);
}
