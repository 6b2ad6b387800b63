import { createHash, randomUUID } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { isBroadcast, type Message } from '../rollout/effects.js';
import type { Rollout } from '../rollout/rollout.js';
import type { OnStep } from '../steps.js';
import type { Db } from '../store/connect.js';
import {
  alreadyShows,
  type Drawing,
  doubtRoot,
  drawAgain,
  type HeldSlot,
  holdSlot,
  keepHold,
  markDeleted,
  type Place,
  passOver,
  placeMessage,
  postedAt,
  releaseSlot,
} from '../store/messages.js';
import type { Rendered } from './blocks.js';
import { createBudget } from './budget.js';
import { createDirectChannels } from './direct-channels.js';
import { createEarlierThreads, permalinkOf } from './earlier-threads.js';
import { classify, TryLater } from './failures.js';
import { createLookUp, METADATA_TYPE } from './look-up.js';
import { isOver, isStillOpen } from './still-open.js';
import { createTurns } from './turns.js';

export { TryLater } from './failures.js';

export interface Showing {
  readonly rollout: Rollout;
  readonly slot: string;
  readonly message: Message;
  readonly rendered: Rendered;
  /** Domain time, for the budgets. */
  readonly now: Date;
  /** An earlier try may have posted it without the answer reaching us: look before posting. */
  readonly mayBePosted: boolean;
  /** The effect that says so: what an older one says never replaces what a newer one said. Absent: a redraw. */
  readonly effect?: number;
  /** Shown to this person in a direct message, not in the channel. */
  readonly person?: string;
}

export interface Sender {
  /** Makes the slot show this: posts it, edits it, or does nothing when it shows it already. Throws TryLater. */
  show(showing: Showing): Promise<void>;
  /** The link to what the channel shows of this slot; null where it shows nothing. Throws TryLater. */
  linkTo(rollout: Rollout, slot: string): Promise<string | null>;
}

const LIVE = 'live';
/** TryLater's code for a reply whose rollout has no live message to stand under. */
export const NO_ROOT = 'no_root';
/** TryLater's code for what has to be rendered anew: what it says of its place is not so any more. */
export const RENDER_ANEW = 'render_anew';
/** Another process is at it: its call to Slack is over soon. */
const HELD_MS = 500;

/** One try to show something: where, what, and by which holder of the slot. */
interface Try {
  readonly showing: Showing;
  readonly place: Place;
  readonly drawing: Drawing;
  readonly holder: string;
}

export interface SenderOptions {
  readonly db: Db;
  readonly client: WebClient;
  /** This process among the replicas: what it was drawing when it ended is free at once, else after 15 s. */
  readonly worker?: string;
  readonly onStep?: OnStep;
}

export function createSender(options: SenderOptions): Sender {
  const { db, client, worker = '-' } = options;
  const step: OnStep = options.onStep ?? (() => undefined);
  const budget = createBudget();
  const inTurn = createTurns();
  const directChannel = createDirectChannels(options);
  const lookUp = createLookUp(client);
  const { followEarlier } = createEarlierThreads(options);

  async function show(showing: Showing): Promise<void> {
    const { rollout, slot, rendered, person, now } = showing;
    const channelId = person ? await ask(person, now, () => directChannel(rollout.teamId, person)) : rollout.channelId;
    const place: Place = { rolloutId: rollout.id, slot, channelId, ...(person ? { person } : {}) };
    const hash = createHash('sha256').update(JSON.stringify(rendered.blocks)).digest('hex');
    const drawing = { hash, seq: rollout.seq, effect: slot === LIVE ? 0 : (showing.effect ?? 0) };
    // In this process nobody waits for the next tick because somebody else is at it.
    await inTurn(`${place.rolloutId} ${channelId} ${slot}`, () =>
      hold({ showing, place, drawing, holder: `${worker} ${randomUUID()}` }),
    );
  }

  /** No two draw one slot at the same time: else the older of two edits could be the last, or two posts be made. */
  async function hold(one: Try): Promise<void> {
    if (await alreadyShows(db, one.place, one.drawing)) return;
    const slot = await holdSlot(db, one.place, one.holder);
    if (!slot) throw new TryLater('another process is drawing it', HELD_MS);
    try {
      if (!isOlder(one.drawing, slot)) await draw(one, slot);
    } finally {
      await releaseSlot(db, one.place, one.holder);
    }
  }

  async function draw(one: Try, slot: HeldSlot): Promise<void> {
    const { showing, place } = one;
    if (slot.ts !== null && (await edit(one, slot.ts, slot.threadTs))) return;
    const deletions = slot.deletions + (slot.ts === null ? 0 : 1);
    if (showing.slot === LIVE) {
      // What was rendered does not say yet where the messages before it stand.
      if (slot.ts !== null) throw new TryLater('the live message was deleted', 0, { code: RENDER_ANEW });
      if (await ask(place.channelId, showing.now, () => followEarlier(place, slot)))
        throw new TryLater('the thread before it is known now', 0, { code: RENDER_ANEW });
    } else if (deletions > (isStillOpen(showing.message) ? 1 : 0)) {
      await passOver(db, place, one.holder, one.drawing);
      return;
    }
    const threadTs = showing.slot === LIVE || showing.person ? null : await root(showing.rollout);
    const found = showing.mayBePosted
      ? await ask(place.channelId, showing.now, () => lookUp(place, showing.rollout, threadTs))
      : null;
    if (found && (await edit(one, found, threadTs))) return;
    if (showing.person && isOver(showing.message)) await passOver(db, place, one.holder, one.drawing);
    else await post(one, threadTs);
  }

  /** Replies wait for their root: it is what makes a rollout one place in the channel. */
  async function root({ id, channelId }: Rollout): Promise<string> {
    const ts = await postedAt(db, { rolloutId: id, slot: LIVE, channelId });
    if (ts === null) throw new TryLater('the rollout has no message in the channel yet', 1_000, { code: NO_ROOT });
    return ts;
  }

  async function post(one: Try, threadTs: string | null): Promise<void> {
    const { place, showing } = one;
    const { rollout, slot, message, rendered, now } = showing;
    budget.take('post', place.channelId, now.getTime());
    await mustHold(one);
    const answer = await ask(place.channelId, now, () =>
      client.chat.postMessage({
        channel: place.channelId,
        text: rendered.text,
        blocks: rendered.blocks,
        ...{ unfurl_links: false, unfurl_media: false },
        metadata: { event_type: METADATA_TYPE, event_payload: { rollout: rollout.id, slot } },
        ...(threadTs === null
          ? {}
          : isBroadcast(message)
            ? { thread_ts: threadTs, reply_broadcast: true }
            : { thread_ts: threadTs }),
      }),
    );
    if (!answer.ts) throw new TryLater('Slack gave no timestamp', 1_000);
    await step('FP14');
    if (threadTs !== null && answer.message && !answer.message.thread_ts) await unthreaded(one, answer.ts);
    await placed(one, answer.ts, threadTs);
  }

  /**
   * Slack posts a reply to a message that is gone in the channel itself, and says so only by leaving the thread out. It is
   * taken back, and said again under the message that stands there then.
   */
  async function unthreaded({ place, showing }: Try, ts: string): Promise<never> {
    await doubtRoot(db, place.rolloutId, place.channelId);
    await ask(place.channelId, showing.now, () => client.chat.delete({ channel: place.channelId, ts }));
    throw new TryLater('the live message is gone', 0, { code: NO_ROOT });
  }

  /** False: the message is not there any more, and the slot is free for a new one. */
  async function edit(one: Try, ts: string, threadTs: string | null): Promise<boolean> {
    const { place, showing } = one;
    const { slot, rendered, now, person } = showing;
    budget.take('edit', place.channelId, now.getTime(), slot === LIVE || person !== undefined);
    await mustHold(one);
    try {
      const what = { channel: place.channelId, ts, text: rendered.text, blocks: rendered.blocks };
      await ask(place.channelId, now, () => client.chat.update(what));
    } catch (error) {
      if (!(error instanceof TryLater) || error.code !== 'message_not_found') throw error;
      await markDeleted(db, place, one.holder);
      return false;
    }
    await placed(one, ts, threadTs);
    return true;
  }

  async function mustHold({ place, holder }: Try): Promise<void> {
    if (!(await keepHold(db, place, holder))) throw new TryLater('another process is drawing it', HELD_MS);
  }

  async function placed({ showing, place, drawing, holder }: Try, ts: string, threadTs: string | null): Promise<void> {
    const redrawAfterMs = showing.slot === LIVE ? redrawEveryMs(showing.rollout) : null;
    if (!(await placeMessage(db, place, holder, { ...drawing, ts, threadTs, redrawAfterMs })))
      await drawAgain(db, place);
  }

  /** Asks Slack, and leaves this place alone for as long as it says. */
  async function ask<T>(where: string, now: Date, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      const later = classify(error);
      if (later.rateLimited) budget.pause(where, now.getTime() + later.afterMs);
      throw later;
    }
  }

  return {
    show,
    async linkTo({ id, channelId }, slot) {
      const ts = await postedAt(db, { rolloutId: id, slot, channelId });
      return ts === null ? null : permalinkOf(client, channelId, ts);
    },
  };
}

/** Is this from before what the slot shows? */
function isOlder(drawing: Drawing, slot: HeldSlot): boolean {
  if (drawing.effect !== slot.shownEffect) return drawing.effect < slot.shownEffect;
  return drawing.seq < slot.shownSeq;
}

const REDRAW_MOST_MS = 60_000;
const REDRAW_LEAST_MS = 10_000;

/** A live message is drawn again this often without an event: once a minute, oftener in a bake that is over before that. */
function redrawEveryMs(rollout: Rollout): number {
  const bakeMs = rollout.plan.stages[rollout.stageNo - 1]?.bakeMs ?? REDRAW_MOST_MS;
  return Math.min(REDRAW_MOST_MS, Math.max(REDRAW_LEAST_MS, bakeMs / 4));
}
