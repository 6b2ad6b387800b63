import type { WebClient } from '@slack/web-api';
import type { Rollout } from '../rollout/rollout.js';
import type { Place } from '../store/messages.js';
import { classify } from './failures.js';

/** Names our posts in Slack's message metadata, so that one whose answer was lost is found again. */
export const METADATA_TYPE = 'rollout_message';
const PAGE = 200;
/** A thread or channel with more than this many messages since the rollout began is not read to its end. */
const PAGES = 5;

/** Looks for a post that was made but not answered, by its metadata; throws what Slack says when it cannot say. */
export function createLookUp(client: WebClient) {
  return async (place: Place, rollout: Rollout, threadTs: string | null): Promise<string | null> => {
    const oldest = String(rollout.createdAt.getTime() / 1000 - 60);
    const common = { channel: place.channelId, include_all_metadata: true, limit: PAGE, oldest };
    let cursor = '';
    for (let page = 0; page < PAGES; page += 1) {
      const from = { ...common, ...(cursor ? { cursor } : {}) };
      const answer =
        threadTs === null
          ? await client.conversations.history(from)
          : await client.conversations.replies({ ...from, ts: threadTs }).catch(nothingWhereGone);
      const mine = (answer.messages ?? []).find((candidate) => {
        const payload = candidate.metadata?.event_payload as { rollout?: unknown; slot?: unknown } | undefined;
        return payload?.rollout === place.rolloutId && payload.slot === place.slot;
      });
      if (mine?.ts) return mine.ts;
      cursor = answer.response_metadata?.next_cursor ?? '';
      if (!cursor) return null;
    }
    return null;
  };
}

/** A thread that is gone holds no post of ours. */
function nothingWhereGone(error: unknown): Awaited<ReturnType<WebClient['conversations']['replies']>> {
  if (classify(error).code === 'thread_not_found') return { ok: true };
  throw error;
}
