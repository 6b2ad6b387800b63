import type { WebClient } from '@slack/web-api';
import { askSlack, type Known, type LastKnown, NotFound } from './last-known.js';

/** Names of channels change rarely. */
const NAMES_MS = 60_000;

/** What matters of a channel: where it is, and whether the bot may speak there. */
interface Place {
  readonly id: string;
  readonly name: string;
  readonly joined: boolean;
}

interface Listed {
  readonly id?: string;
  readonly name?: string;
  readonly is_member?: boolean;
}

type Look = (maxAgeMs: number) => Promise<LastKnown<Place | undefined>>;

/**
 * Makes a plan's channel, `#name` or id, into its id. A channel the bot is not in is refused like one that is not there:
 * nothing it has to say would ever be posted. Throws NotFound for both, anything else when Slack does not say.
 */
export function createChannels({ client, known }: { client: WebClient; known: Known }) {
  return async (channel: string, teamId: string): Promise<string> => {
    const look: Look = channel.startsWith('#') ? byName(channel.slice(1), teamId) : byId(channel, teamId);
    const remembered = await look(NAMES_MS);
    if (remembered.value?.joined) return remembered.value.id;
    // Made a moment ago, or the bot was invited a moment ago: what is remembered does not know it yet.
    const { value: place, fresh } = await look(-1);
    if (place?.joined) return place.id;
    if (!fresh) throw new Error('Slack did not say whether the bot is in the channel');
    if (!place) throw new NotFound(channel, 'channel_not_found');
    throw new NotFound(`#${place.name}; invite me there first: /invite @rollout`, 'channel_not_found');
  };

  function byName(name: string, teamId: string): Look {
    return async (maxAgeMs) => {
      const { value, fresh } = await known({ teamId, kind: 'channel', key: 'places', maxAgeMs, ask: allPlaces });
      return { value: Object.hasOwn(value, name) ? value[name] : undefined, fresh };
    };
  }

  function byId(id: string, teamId: string): Look {
    const missing = ['channel_not_found'];
    const notFound = () => new NotFound(id, 'channel_not_found');
    const ask = async (): Promise<Place> => {
      const { channel } = await askSlack(() => client.conversations.info({ channel: id }), { missing, notFound });
      const place = channel?.is_archived ? undefined : placeOf(channel);
      if (!place) throw notFound();
      return place;
    };
    return (maxAgeMs) => known({ teamId, kind: 'channel', key: id, maxAgeMs, ask });
  }

  async function allPlaces(): Promise<Record<string, Place>> {
    const found: Record<string, Place> = {};
    let cursor = '';
    do {
      const page = await askSlack(() =>
        client.conversations.list({
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: 1000,
          ...(cursor ? { cursor } : {}),
        }),
      );
      for (const each of page.channels ?? []) {
        const place = placeOf(each);
        if (place) found[place.name] = place;
      }
      cursor = page.response_metadata?.next_cursor ?? '';
    } while (cursor);
    return found;
  }
}

function placeOf(listed: Listed | undefined): Place | undefined {
  const { id, name, is_member = false } = listed ?? {};
  return id && name ? { id, name, joined: is_member } : undefined;
}
