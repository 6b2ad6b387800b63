import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { isBroadcast, type Message } from '../rollout/effects.js';
import type { Rollout } from '../rollout/rollout.js';
import type { OnStep } from '../steps.js';
import type { Db } from '../store/connect.js';
import { forgetMessage, type Placed, placedMessage, placeMessage } from '../store/messages.js';
import type { Rendered } from './blocks.js';
import { createBudget } from './budget.js';
import { classify, TryLater } from './failures.js';

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
}

export interface Sender {
  /** Makes the slot show this: posts it, edits it, or does nothing when it shows it already. Throws TryLater. */
  show(showing: Showing): Promise<void>;
}

/** Names our posts in Slack's message metadata, so that one whose answer was lost is found again. */
const METADATA_TYPE = 'rollout_message';
const LIVE = 'live';
/** TryLater's code for a reply whose rollout has no live message to stand under. */
export const NO_ROOT = 'no_root';
const LOOK_BACK = 200;

export function createSender(options: { db: Db; client: WebClient; onStep?: OnStep }): Sender {
  const { db, client } = options;
  const step: OnStep = options.onStep ?? (() => undefined);
  const budget = createBudget();

  async function show(showing: Showing): Promise<void> {
    const { rollout, slot, rendered } = showing;
    const hash = createHash('sha256').update(JSON.stringify(rendered.blocks)).digest('hex');
    const placed = await placedMessage(db, rollout.id, slot);
    if (placed?.shownHash === hash) return;
    if (placed && (await edit(showing, placed, hash))) return;
    const threadTs = slot === LIVE ? null : await rootOf(rollout);
    const found = showing.mayBePosted ? await lookUp(showing, threadTs) : null;
    if (found) {
      await place(showing, found, threadTs, '');
      if (await edit(showing, { channelId: rollout.channelId, ts: found, threadTs, shownHash: '' }, hash)) return;
    }
    await post(showing, threadTs, hash);
  }

  /** Replies wait for their root: it is what makes a rollout one place in the channel. */
  async function rootOf(rollout: Rollout): Promise<string> {
    const root = await placedMessage(db, rollout.id, LIVE);
    if (!root) throw new TryLater('the rollout has no message in the channel yet', 1_000, { code: NO_ROOT });
    return root.ts;
  }

  async function post(
    { rollout, slot, message, rendered, now }: Showing,
    threadTs: string | null,
    hash: string,
  ): Promise<void> {
    budget.take('post', rollout.channelId, now.getTime());
    const answer = await call(rollout.channelId, now, () =>
      client.chat.postMessage({
        channel: rollout.channelId,
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
    await place({ rollout, slot }, answer.ts, threadTs, hash);
  }

  /** False: the message is not there any more, and the slot is free for a new one. */
  async function edit({ rollout, slot, rendered, now }: Showing, placed: Placed, hash: string): Promise<boolean> {
    budget.take('edit', rollout.channelId, now.getTime(), slot === LIVE);
    try {
      await call(placed.channelId, now, () =>
        client.chat.update({ channel: placed.channelId, ts: placed.ts, text: rendered.text, blocks: rendered.blocks }),
      );
    } catch (error) {
      if (!(error instanceof TryLater) || error.code !== 'message_not_found') throw error;
      await forgetMessage(db, rollout.id, slot);
      return false;
    }
    await place({ rollout, slot }, placed.ts, placed.threadTs, hash);
    return true;
  }

  async function place(
    which: Pick<Showing, 'rollout' | 'slot'>,
    ts: string,
    threadTs: string | null,
    hash: string,
  ): Promise<void> {
    const redrawAfterMs = which.slot === LIVE ? redrawEveryMs(which.rollout) : null;
    await placeMessage(db, {
      ...{ rolloutId: which.rollout.id, slot: which.slot, channelId: which.rollout.channelId, ts, threadTs },
      ...{ shownHash: hash, redrawAfterMs },
    });
  }

  /** Looks for a post that was made but not answered, by its metadata; when Slack cannot say, posting waits. */
  async function lookUp({ rollout, slot, now }: Showing, threadTs: string | null): Promise<string | null> {
    const channel = rollout.channelId;
    const oldest = String(rollout.createdAt.getTime() / 1000 - 60);
    const common = { channel, include_all_metadata: true, limit: LOOK_BACK, oldest };
    const page = await call(channel, now, () =>
      threadTs === null
        ? client.conversations.history(common)
        : client.conversations.replies({ ...common, ts: threadTs }),
    );
    const mine = (page.messages ?? []).find((candidate) => {
      const payload = candidate.metadata?.event_payload as { rollout?: unknown; slot?: unknown } | undefined;
      return payload?.rollout === rollout.id && payload.slot === slot;
    });
    return mine?.ts ?? null;
  }

  async function call<T>(channel: string, now: Date, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      const later = classify(error);
      if (later.rateLimited) budget.pause(channel, now.getTime() + later.afterMs);
      throw later;
    }
  }

  return { show };
}

const REDRAW_MOST_MS = 60_000;
const REDRAW_LEAST_MS = 10_000;

/** A live message is drawn again this often without an event: once a minute, oftener in a bake that is over before that. */
function redrawEveryMs(rollout: Rollout): number {
  const bakeMs = rollout.plan.stages[rollout.stageNo - 1]?.bakeMs ?? REDRAW_MOST_MS;
  return Math.min(REDRAW_MOST_MS, Math.max(REDRAW_LEAST_MS, bakeMs / 4));
}
