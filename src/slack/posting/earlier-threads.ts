import type { WebClient } from '@slack/web-api';
import type { Db } from '../../store/connect.js';
import { keepEarlierLink, repliesIn } from '../../store/earlier-threads.js';
import type { HeldSlot, MessagePlace } from '../../store/messages.js';
import { classify, closesChannel } from '../connection/failures.js';

/**
 * A thread whose first message a person deleted goes on in Slack without it; then only replies can be linked to. One whose
 * first message Slack refuses to edit can be linked to itself.
 */
export function createEarlierThreads({ db, client }: { db: Db; client: WebClient }) {
  return {
    /** Finds the link to the thread before this one where there is one. True: it was not known before. */
    async followEarlier(
      { rolloutId, channelId }: MessagePlace,
      { earlierTs, earlierLink }: HeldSlot,
    ): Promise<boolean> {
      if (earlierTs === null || earlierLink !== null) return false;
      const link = await firstLink(channelId, [...(await repliesIn(db, rolloutId, channelId, earlierTs)), earlierTs]);
      await keepEarlierLink(db, rolloutId, channelId, link);
      return link !== null;
    },
  };

  async function firstLink(channel: string, replies: readonly string[]): Promise<string | null> {
    for (const ts of replies) {
      const found = await permalinkOf(client, channel, ts);
      if (found !== null) return found;
    }
    return null;
  }
}

/** The link to a message; null where Slack says that there is none to be had. Throws TryLater when it does not say. */
export async function permalinkOf(client: WebClient, channel: string, message_ts: string): Promise<string | null> {
  try {
    return (await client.chat.getPermalink({ channel, message_ts })).permalink ?? null;
  } catch (error) {
    const failure = classify(error);
    if (failure.code === 'message_not_found' || closesChannel(failure)) return null;
    throw failure;
  }
}
