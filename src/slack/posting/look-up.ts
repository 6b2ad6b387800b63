import type { WebClient } from '@slack/web-api';
import type { MessagePlace } from '../../store/messages.js';
import { classify } from '../connection/failures.js';

/** Names our posts in Slack's message metadata, so that one whose answer was lost is found again. */
export const METADATA_TYPE = 'rollout_message';
const PAGE = 200;
/** A thread or channel with more than this many messages since the rollout began is not read to its end. */
const PAGES = 5;

/** One post of a slot, as its metadata names it. */
export interface Post {
  readonly place: MessagePlace;
  /** Which post of the slot it is: one that was given up is not this one. */
  readonly posting: number;
  readonly threadTs: string | null;
  /** The rollout began then. */
  readonly since: Date;
}

/**
 * Every message of Slack that is this post, oldest first. One that belongs in a thread may stand in the channel itself:
 * where its thread had gone, or took no reply. Throws what Slack says when it cannot say.
 */
export function createLookUp(client: WebClient) {
  return async (post: Post): Promise<readonly string[]> => {
    const inThread = post.threadTs === null ? [] : await pagesOf(post, post.threadTs, PAGES);
    // The channel's newest come first, and what is looked for was posted a moment ago.
    const inChannel = await pagesOf(post, null, post.threadTs === null ? PAGES : 1);
    return [...new Set([...inThread, ...inChannel])].sort();
  };

  async function pagesOf(post: Post, threadTs: string | null, pages: number): Promise<string[]> {
    const { place, posting, since } = post;
    const oldest = String(since.getTime() / 1000 - 60);
    const common = { channel: place.channelId, include_all_metadata: true, limit: PAGE, oldest };
    const found: string[] = [];
    let cursor = '';
    for (let page = 0; page < pages; page += 1) {
      const from = { ...common, ...(cursor ? { cursor } : {}) };
      const answer =
        threadTs === null
          ? await client.conversations.history(from)
          : await client.conversations.replies({ ...from, ts: threadTs }).catch(nothingWhereGone);
      for (const { ts, metadata } of answer.messages ?? []) {
        const payload = metadata?.event_payload as { rollout?: unknown; slot?: unknown; post?: unknown } | undefined;
        const same = payload?.rollout === place.rolloutId && payload.slot === place.slot && payload.post === posting;
        if (same && ts !== undefined) found.push(ts);
      }
      cursor = answer.response_metadata?.next_cursor ?? '';
      if (!cursor) break;
    }
    return found;
  }
}

/** A thread that is gone holds no post of ours. */
function nothingWhereGone(error: unknown): Awaited<ReturnType<WebClient['conversations']['replies']>> {
  if (classify(error).code === 'thread_not_found') return { ok: true };
  throw error;
}
