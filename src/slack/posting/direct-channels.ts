import type { WebClient } from '@slack/web-api';
import type { Db } from '../../store/connect.js';
import { recallPeople, rememberPeople } from '../../store/people.js';
import { TryLater } from '../connection/failures.js';

/** The channel of the direct messages with somebody never changes; asked again now and then all the same. */
const REMEMBERED_MS = 7 * 86_400_000;

/**
 * The id of the direct-message channel with this person; it is opened when there is none yet. `not`: an id that Slack has just
 * refused, so a remembered one that equals it is not used.
 */
export type DirectChannels = (teamId: string, userId: string, not?: string) => Promise<string>;

export function createDirectChannels({ db, client }: { db: Db; client: WebClient }): DirectChannels {
  return async (teamId, userId, not) => {
    const known = await recallPeople<string>(db, teamId, 'direct', userId);
    if (known && known.ageMs <= REMEMBERED_MS && known.value !== not) return known.value;
    const { channel } = await client.conversations.open({ users: userId });
    if (!channel?.id) throw new TryLater('Slack gave no channel', 1_000);
    await rememberPeople(db, teamId, 'direct', userId, channel.id);
    return channel.id;
  };
}
