import type { WebClient } from '@slack/web-api';
import type { Db } from '../../store/connect.js';
import { keepEarlierLink, repliesIn } from '../../store/earlier-threads.js';
import type { HeldSlot, MessagePlace } from '../../store/messages.js';
import { classify, closesChannel } from '../connection/failures.js';

/**
 * When a person deletes the first message of a thread, Slack keeps the replies, and only a reply can be linked to. When Slack merely
 * refuses to edit the first message, the link goes to that message.
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
