import { createHash, randomUUID } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import type { OnCrashPoint } from '../../crash-points.js';
import { canonicalText } from '../../rollout/plan/same-value.js';
import type { Rollout } from '../../rollout/state/rollout.js';
import type { Db } from '../../store/connect.js';
import type { Doubt } from '../../store/late-calls.js';
import {
  alreadyShows,
  type Drawing,
  doubtPost,
  doubtRoot,
  drawAgain,
  giveUpPost,
  type HeldSlot,
  holdSlot,
  keepHold,
  type MessagePlace,
  markDeleted,
  passOver,
  placeMessage,
  postedAt,
  releaseSlot,
  rootAt,
  type SlotHolder,
} from '../../store/messages.js';
import { classify, closesChannel, mayPass, TryLater } from '../connection/failures.js';
import { createTurns } from '../connection/turns.js';
import type { Rendered } from '../words/blocks.js';
import { asPlainText } from '../words/plain-text.js';
import { createBudget, type Kind } from './budget.js';
import { createDirectChannels } from './direct-channels.js';
import { createEarlierThreads, permalinkOf } from './earlier-threads.js';
import { createLookUp, METADATA_TYPE } from './look-up.js';
import { type Manner, otherManner } from './manners.js';
import { isToBeTriedAgain, PATIENT_TRIES, postUrgencyOf, redrawEveryMs, type Showing, urgencyOf } from './showing.js';

export interface Sender {
  /** Makes the slot show this: posts it, edits it, or does nothing when it shows it already. Throws TryLater. */
  show(showing: Showing): Promise<void>;
  /** Takes away what Slack carried out late, and draws once more what a late edit may have put an older state over. Throws TryLater. */
  lookForLate(doubt: Doubt): Promise<void>;
  /** How many live messages may be drawn again now. */
  redrawsLeft(): Promise<number>;
  /** The link to what the channel shows of this slot; null where it shows nothing. Throws TryLater. */
  linkTo(rollout: Rollout, slot: string): Promise<string | null>;
}

/** TryLater's code for a reply whose rollout has no live message to stand under. */
export const NO_ROOT = 'no_root';
/** TryLater's code for what has to be rendered again: what it says of its place has changed. */
export const RENDER_AGAIN = 'render_again';
/** TryLater's code for what another process is at: its call to Slack is over soon. */
export const HELD = 'held';
const HELD_MS = 500;
/** Slack did not answer for this channel: what may wait does not ask again before. */
const SPARE_MS = 2_000;
/** One try to show something: where, what, and by which holder of the slot. */
interface Try {
  readonly showing: Showing;
  readonly place: MessagePlace;
  readonly drawing: Drawing;
  readonly holder: SlotHolder;
  readonly hold: Hold;
}

/** How a hold on a slot is. */
interface Hold {
  /** When it was taken or kept last, by `performance.now`. */
  keptAt: number;
  /** It was given back with what was placed. */
  over: boolean;
}

/** A hold that is younger than this has long enough left for a call to Slack. */
const JUST_HELD_MS = 1_000;

/** What came of an edit. `left`: Slack refuses it and it does not matter enough for a new post. */
type Edited = 'shown' | 'deleted' | 'refused' | 'left';

export interface SenderOptions {
  readonly db: Db;
  readonly client: WebClient;
  /** This process among the replicas: what it was drawing when it ended is free at once, else after 15 s. */
  readonly worker?: string;
  readonly onCrashPoint?: OnCrashPoint;
}

export function createSender(options: SenderOptions): Sender {
  const { db, client, worker = null } = options;
  const crashPoint: OnCrashPoint = options.onCrashPoint ?? (() => undefined);
  const budget = createBudget(db);
  const inTurn = createTurns();
  const directChannel = createDirectChannels(options);
  const lookUp = createLookUp(client);
  const { followEarlier } = createEarlierThreads(options);

  async function show(showing: Showing): Promise<void> {
    const { rollout, person } = showing;
    if (!person) return showIn(rollout.channelId, showing);
    const channelId = await directChannel(rollout.teamId, person).catch(rethrown);
    try {
      await showIn(channelId, showing);
    } catch (error) {
      const failure = classify(error);
      if (!closesChannel(failure, 'edit')) throw failure;
      // What is remembered may be days old, and from before the workspace moved or the app was installed once more.
      const now = await directChannel(rollout.teamId, person, channelId).catch(rethrown);
      if (now === channelId) throw failure;
      await showIn(now, showing);
    }
  }

  async function showIn(channelId: string, showing: Showing): Promise<void> {
    const { rollout, slot, rendered, person } = showing;
    const isRoot = showing.addressed.place === 'root';
    const place: MessagePlace = { rolloutId: rollout.id, slot, channelId, root: isRoot, ...(person ? { person } : {}) };
    const hash = createHash('sha256').update(canonicalText(rendered.blocks)).digest('hex');
    const drawing = { hash, seq: rollout.seq, effect: isRoot ? 0 : (showing.effect ?? 0) };
    // In this process nobody waits for the next tick because somebody else is at it.
    await inTurn(`${place.rolloutId} ${channelId} ${slot}`, () =>
      drawHeld({
        showing,
        place,
        drawing,
        holder: { worker, hold: randomUUID() },
        hold: { keptAt: performance.now(), over: false },
      }),
    );
  }

  /** No two draw one slot at the same time: else the older of two edits could be the last, or two posts be made. */
  async function drawHeld(one: Try): Promise<void> {
    if (await alreadyShows(db, one.place, one.drawing)) return;
    one.hold.keptAt = performance.now();
    const slot = await holdSlot(db, one.place, one.holder);
    if (!slot) throw new TryLater('another process is drawing it', HELD_MS, { code: HELD });
    try {
      if (!isOlder(one.drawing, slot)) await draw(one, slot);
    } finally {
      if (!one.hold.over) await releaseSlot(db, one.place, one.holder);
    }
  }

  async function draw(one: Try, slot: HeldSlot): Promise<void> {
    const { showing, place } = one;
    const edited = slot.ts === null ? null : await edit(one, slot.ts, slot);
    if (edited === 'shown') return;
    if (edited === 'left') return passOver(db, place, one.holder, one.drawing);
    if (place.root) {
      // What was rendered does not say yet where the messages before it stand.
      if (edited !== null) throw new TryLater('the live message is gone', 0, { code: RENDER_AGAIN });
      if (await ask('look', one, () => followEarlier(place, slot)))
        throw new TryLater('the thread before it is known now', 0, { code: RENDER_AGAIN });
    } else if (slot.deletions + (edited === 'deleted' ? 1 : 0) > (showing.addressed.still === 'open' ? 1 : 0)) {
      return passOver(db, place, one.holder, one.drawing);
    }
    const posting = slot.posting + (edited === null ? 0 : 1);
    const threadTs = place.root || showing.person || showing.rootless ? null : await root(showing.rollout);
    await budget.take('post', place.channelId, showing.now, postUrgencyOf(showing));
    const found = edited === null && (await showing.mayBePosted()) ? await find(one, posting, threadTs) : null;
    if (found !== null) {
      // Made by this very try, it says what is to be said; by an older one, what it says has changed.
      const enough = showing.failures > 0;
      const again = await edit(one, found, { ...slot, posting, threadTs }, enough);
      if (again === 'left') await placed(one, found, threadTs);
      else if (again !== 'shown') throw new TryLater('its post is gone', 0, { code: RENDER_AGAIN });
      return;
    }
    // Somebody who never saw it need not hear that it is over.
    if (showing.person && showing.addressed.still === 'over') await passOver(db, place, one.holder, one.drawing);
    else await post(one, posting, threadTs);
  }

  /** Replies wait for their root: it is what makes a rollout one place in the channel. */
  async function root({ id, channelId }: Rollout): Promise<string> {
    const ts = await rootAt(db, id, channelId);
    if (ts === null) throw new TryLater('the rollout has no message in the channel yet', 1_000, { code: NO_ROOT });
    return ts;
  }

  /**
   * A post that was made without our hearing so. Where Slack does not let us look, or goes on not to answer, the post is
   * made: twice is better than never, and the second is taken away once Slack lets us look.
   */
  async function find(one: Try, posting: number, threadTs: string | null): Promise<string | null> {
    const { place, showing } = one;
    try {
      const since = showing.rollout.createdAt;
      await budget.take('look', place.channelId, showing.now, urgencyOf(showing));
      return (await ask('look', one, () => lookUp({ place, posting, threadTs, since })))[0] ?? null;
    } catch (error) {
      const failure = classify(error);
      // A post would meet the same.
      if (closesChannel(failure, 'look')) throw failure;
      if (mayPass(failure) && urgencyOf(showing) !== 'urgent' && showing.failures < PATIENT_TRIES) throw failure;
      await doubtPost(db, place);
      return null;
    }
  }

  /** Posts it the first way that Slack takes. */
  async function post(one: Try, posting: number, threadTs: string | null): Promise<void> {
    const thread = threadTs !== null;
    let manner: Manner = {
      blocks: true,
      metadata: true,
      thread,
      broadcast: one.showing.addressed.place === 'channel',
    };
    for (;;) {
      await mustHold(one);
      try {
        return await postOnce(one, manner, { posting, threadTs: manner.thread ? threadTs : null });
      } catch (error) {
        const failure = classify(error);
        const other = otherManner(failure, manner);
        if (other === null) throw failure;
        if (manner.thread && !other.thread && failure.remedy === 'post_new') await doubtRoot(db, one.place);
        manner = other;
      }
    }
  }

  async function postOnce(one: Try, manner: Manner, { posting, threadTs }: Posted): Promise<void> {
    const { place, showing } = one;
    const { blocks, metadata, broadcast } = manner;
    // Whoever was called by it is not called once more.
    const rendered = (posting > 0 ? showing.repeated : undefined) ?? showing.rendered;
    const payload = { rollout: showing.rollout.id, slot: showing.slot, post: posting };
    const text = blocks ? rendered.text : asPlainText(rendered, showing).text;
    const named = metadata ? { metadata: { event_type: METADATA_TYPE, event_payload: payload } } : {};
    const where = threadTs === null ? {} : { thread_ts: threadTs, ...(broadcast ? { reply_broadcast: true } : {}) };
    const plain = { channel: place.channelId, text, unfurl_links: false, unfurl_media: false, ...named, ...where };
    const answer = await ask('post', one, () =>
      client.chat.postMessage(blocks ? { ...plain, blocks: rendered.blocks } : plain),
    );
    if (!answer.ts) throw new TryLater('Slack gave no timestamp', 1_000);
    await crashPoint('FP14');
    const astray = threadTs !== null && answer.message && !answer.message.thread_ts;
    if (astray) await unthreaded(one, answer.ts);
    else await placed(one, answer.ts, threadTs);
  }

  /**
   * Slack posts a reply to a message that is gone in the channel itself, and says so only by leaving the thread out. It is
   * taken back, and said again under the message that stands there then. Where Slack does not take it back it stays
   * where it is: said once, in the wrong place, and not once more with each try.
   */
  async function unthreaded(one: Try, ts: string): Promise<void> {
    const { place } = one;
    await doubtRoot(db, place);
    const failure = await ask('post', one, () => client.chat.delete({ channel: place.channelId, ts })).then(
      () => null,
      classify,
    );
    if (failure === null || failure.code === 'message_not_found')
      throw new TryLater('the live message is gone', 0, { code: NO_ROOT });
    // It is gone or not: the next try looks.
    if (!failure.answered) throw failure;
    await placed(one, ts, null);
  }

  /** Edits what stands there; where Slack refuses that, says whether the slot is free for a new post. `enough`: it is not to be. */
  async function edit(one: Try, ts: string, slot: HeldSlot, enough = false): Promise<Edited> {
    const { place, showing } = one;
    await mustHold(one);
    let refusal = await budget
      .take('edit', place.channelId, showing.now, urgencyOf(showing))
      .then(() => editOnce(one, ts, showing.rendered))
      .catch(classify);
    if (refusal?.remedy === 'plain_text') {
      await mustHold(one);
      refusal = await editOnce(one, ts, asPlainText(showing.rendered, showing)).catch(classify);
    }
    if (refusal === null) {
      await placed(one, ts, slot.threadTs);
      return 'shown';
    }
    if (refusal.code === 'message_not_found') {
      await markDeleted(db, place, one.holder);
      return 'deleted';
    }
    if (isToBeTriedAgain(refusal, showing)) throw refusal;
    const again = place.root ? slot.refusedEdits === 0 : showing.addressed.still !== null;
    if (!again || enough) return 'left';
    await giveUpPost(db, place, one.holder);
    return 'refused';
  }

  async function editOnce(one: Try, ts: string, { text, blocks }: Rendered): Promise<null> {
    await ask('edit', one, () => client.chat.update({ channel: one.place.channelId, ts, text, blocks }));
    return null;
  }

  async function mustHold({ place, holder, hold }: Try): Promise<void> {
    const now = performance.now();
    if (now - hold.keptAt < JUST_HELD_MS) return;
    if (!(await keepHold(db, place, holder)))
      throw new TryLater('another process is drawing it', HELD_MS, { code: HELD });
    hold.keptAt = now;
  }

  async function placed(
    { showing, place, drawing, holder, hold }: Try,
    ts: string,
    threadTs: string | null,
  ): Promise<void> {
    const redrawAfterMs = place.root ? redrawEveryMs(showing.rollout) : null;
    const isOurs = await placeMessage(db, place, holder, { ...drawing, ts, threadTs, redrawAfterMs });
    hold.over = true;
    if (!isOurs) await drawAgain(db, place);
  }

  /**
   * Two posts of one slot: the one that is remembered stays, any other that Slack made of the same is deleted. Nobody draws
   * the slot meanwhile, so that no post is taken for a second one in the moment before it is remembered.
   */
  async function lookForLate({ place, since, now, edit: late }: Doubt): Promise<void> {
    await inTurn(`${place.rolloutId} ${place.channelId} ${place.slot}`, async () => {
      const holder = { worker, hold: randomUUID() };
      const slot = await holdSlot(db, place, holder);
      if (!slot) throw new TryLater('another process is drawing it', HELD_MS, { code: HELD });
      try {
        if (slot.ts === null) return;
        const { posting, threadTs } = slot;
        await budget.take('look', place.channelId, now, 'spare');
        const all = await lookUp({ place, posting, threadTs, since });
        for (const ts of all.filter((each) => each !== slot.ts))
          await client.chat.delete({ channel: place.channelId, ts });
        if (late) await drawAgain(db, place);
      } catch (error) {
        const failure = classify(error);
        // What Slack never allows is not asked for ever: the looks that are planned already are the last.
        if (mayPass(failure) || closesChannel(failure, 'look')) await doubtPost(db, place, late);
        else if (late) await drawAgain(db, place);
        throw failure;
      } finally {
        await releaseSlot(db, place, holder);
      }
    });
  }

  /** Asks Slack, and remembers for all what it says about being asked. */
  async function ask<T>(
    kind: Kind,
    { place, showing }: Pick<Try, 'place' | 'showing'>,
    request: () => Promise<T>,
  ): Promise<T> {
    try {
      return await request();
    } catch (error) {
      const later = classify(error);
      const { now } = showing;
      const { channelId } = place;
      if (later.rateLimited) await budget.pause(kind, channelId, { now, ms: later.afterMs, soft: false });
      else if (!later.answered && kind !== 'look') {
        await doubtPost(db, place, kind === 'edit');
        if (kind === 'post') await budget.pause(kind, channelId, { now, ms: SPARE_MS, soft: true });
      } else if (!showing.person && closesChannel(later, kind) && later.code !== null)
        await budget.close(channelId, later.code, { now, ms: later.afterMs });
      throw later;
    }
  }

  return {
    show,
    lookForLate,
    redrawsLeft: () => budget.editsToSpare(),
    async linkTo({ id, channelId }, slot) {
      const ts = await postedAt(db, { rolloutId: id, slot, channelId });
      return ts === null ? null : permalinkOf(client, channelId, ts);
    },
  };
}

/** Which post of the slot it is, and under which message. */
interface Posted {
  readonly posting: number;
  readonly threadTs: string | null;
}

function rethrown(error: unknown): never {
  throw classify(error);
}

/** Is this from before what the slot shows? */
function isOlder(drawing: Drawing, slot: HeldSlot): boolean {
  if (drawing.effect !== slot.shownEffect) return drawing.effect < slot.shownEffect;
  return drawing.seq < slot.shownSeq;
}
