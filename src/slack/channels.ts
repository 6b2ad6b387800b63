import type { WebClient } from '@slack/web-api';
import { askSlack, type Known, type LastKnown, NotFound } from './last-known.js';

/** Names of channels change rarely. */
const NAMES_MS = 60_000;
const MEMBERS_MS = 60_000;

/** What matters of a channel: where it is, whether the bot may speak there, and who else reads it. */
interface Place {
  readonly id: string;
  readonly name: string;
  readonly joined: boolean;
  readonly archived: boolean;
  /** People of another company read it, or are about to. */
  readonly shared: boolean;
}

/** A channel as Slack lists it. */
interface Listed {
  readonly id?: string;
  readonly name?: string;
  readonly is_member?: boolean;
  readonly is_archived?: boolean;
  readonly is_ext_shared?: boolean;
  readonly is_pending_ext_shared?: boolean;
  readonly pending_connected_team_ids?: readonly string[];
}

type Look = (maxAgeMs: number) => Promise<LastKnown<Place | undefined>>;

/** What Slack says of channels. */
export function createChannels({ client, known }: { client: WebClient; known: Known }) {
  /**
   * Makes a plan's channel, `#name` or id, into its id. One the bot is not in is refused like one that is not there:
   * nothing it has to say would ever be posted; so is an archived one, and one that another company reads. Throws
   * NotFound for these, anything else when Slack does not say.
   */
  async function channelOf(channel: string, teamId: string): Promise<string> {
    const look: Look = channel.startsWith('#') ? byName(channel.slice(1), teamId) : byId(channel, teamId);
    const remembered = await look(NAMES_MS);
    if (remembered.value && !problemOf(remembered.value)) return remembered.value.id;
    // Made a moment ago, or the bot was invited a moment ago: what is remembered does not know it yet.
    const { value: place, fresh } = await look(-1);
    const problem = place ? problemOf(place) : null;
    if (place && !problem) return place.id;
    if (!fresh) throw new Error('Slack did not say whether the bot is in the channel');
    throw problem ?? (await whyNotThere(channel, teamId));
  }

  function byName(name: string, teamId: string): Look {
    return async (maxAgeMs) => {
      const ask = () => allPlaces(teamId);
      const { value, fresh } = await known({ teamId, kind: 'channel', key: 'places', maxAgeMs, ask });
      return { value: Object.hasOwn(value, name) ? value[name] : undefined, fresh };
    };
  }

  function byId(id: string, teamId: string): Look {
    const missing = ['channel_not_found'];
    const notFound = () => new NotFound(id, 'channel_not_found');
    const ask = async (): Promise<Place> => {
      const { channel } = await askSlack(() => client.conversations.info({ channel: id }), { missing, notFound });
      const place = placeOf(channel);
      if (!place) throw notFound();
      return place;
    };
    return (maxAgeMs) => known({ teamId, kind: 'channel', key: id, maxAgeMs, ask });
  }

  /** Archived channels are many: they are asked for only when a name is not found among the others. */
  async function whyNotThere(channel: string, teamId: string): Promise<NotFound> {
    const name = channel.slice(1);
    const ask = async (): Promise<boolean> => {
      for await (const each of listed(teamId, false)) if (each.name === name && each.is_archived) return true;
      return false;
    };
    const about = { teamId, kind: 'channel', key: `archived ${name}`, maxAgeMs: -1, ask } as const;
    const isArchived = channel.startsWith('#') && (await known(about).catch(() => null))?.value;
    return isArchived ? archived(name) : new NotFound(channel, 'channel_not_found');
  }

  async function allPlaces(teamId: string): Promise<Record<string, Place>> {
    const found: Record<string, Place> = {};
    for await (const each of listed(teamId, true)) {
      const place = placeOf(each);
      if (place) found[place.name] = place;
    }
    return found;
  }

  async function* listed(teamId: string, exclude_archived: boolean): AsyncGenerator<Listed> {
    let cursor = '';
    do {
      const from = cursor ? { cursor } : {};
      const types = 'public_channel,private_channel';
      const page = await askSlack(() =>
        client.conversations.list({ types, exclude_archived, team_id: teamId, limit: 1000, ...from }),
      );
      yield* page.channels ?? [];
      cursor = page.response_metadata?.next_cursor ?? '';
    } while (cursor);
  }

  /** Who is in a channel. */
  function membersIn(channelId: string, teamId: string): Promise<LastKnown<string[]>> {
    const ask = async (): Promise<string[]> => {
      const found: string[] = [];
      let cursor = '';
      do {
        const from = { channel: channelId, limit: 1000, ...(cursor ? { cursor } : {}) };
        const page = await askSlack(() => client.conversations.members(from));
        found.push(...(page.members ?? []));
        cursor = page.response_metadata?.next_cursor ?? '';
      } while (cursor);
      return found;
    };
    return known({ teamId, kind: 'members', key: channelId, maxAgeMs: MEMBERS_MS, ask });
  }

  return { channelOf, membersIn };
}

function archived(name: string): NotFound {
  return new NotFound(`#${name} is archived; unarchive it, or name another channel`, 'channel_not_found');
}

/** Why nothing can be posted there, or must not be. */
function problemOf({ name, joined, archived: isArchived, shared }: Place): NotFound | null {
  if (isArchived) return archived(name);
  if (shared)
    return new NotFound(`#${name}; name a channel in the plan that only your own people read`, 'channel_shared');
  return joined ? null : new NotFound(`#${name}; invite me there first: /invite @rollout`, 'channel_not_found');
}

function placeOf(listed: Listed | undefined): Place | undefined {
  const { id, name, is_member: joined = false, is_archived = false } = listed ?? {};
  return id && name ? { id, name, joined, archived: is_archived, shared: isShared(listed ?? {}) } : undefined;
}

/** With another company. Another workspace of the same organisation is not one: its people read along and are strangers here. */
function isShared({ is_ext_shared, is_pending_ext_shared, pending_connected_team_ids = [] }: Listed): boolean {
  return Boolean(is_ext_shared || is_pending_ext_shared) || pending_connected_team_ids.length > 0;
}
