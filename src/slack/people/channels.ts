import type { WebClient } from '@slack/web-api';
import { createListing, createPages } from '../connection/pages.js';
import { askSlack, type LastKnown, NotFound, type PeopleMemory } from './last-known.js';

/** Names of channels change rarely. */
const NAMES_MS = 60_000;
const MEMBERS_MS = 60_000;
/** A big channel is many pages; nobody waits for them in front of a screen. */
const MEMBERS_PATIENCE_MS = 20_000;

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
  /** No longer shared, and closed with that. */
  readonly is_frozen?: boolean;
  readonly is_ext_shared?: boolean;
  readonly is_pending_ext_shared?: boolean;
  readonly pending_connected_team_ids?: readonly string[];
}

/** What Slack says of channels. */
export function createChannels({ client, known }: { client: WebClient; known: PeopleMemory }) {
  const listing = createListing(ownPlaces);
  const memberPages = createPages(membersPage);

  /**
   * Makes a plan's channel, `#name` or id, into its id. One the bot is not in is refused like one that is not there:
   * nothing it has to say would ever be posted; so is an archived one, and one that another company reads. Throws
   * NotFound for these, anything else when Slack does not say.
   *
   * A workspace may have tens of thousands of channels, and Slack has no way to ask for one by name. So a name is looked for
   * among the bot's own channels alone, and its id is kept: from then on Slack is asked for that one.
   */
  async function channelOf(channel: string, teamId: string): Promise<string> {
    if (!channel.startsWith('#')) return usable(await placeOf(channel, teamId));
    const name = channel.slice(1);
    const before = await rememberedPlace(channel, teamId);
    if (before?.name === name && !problemOf(before)) return before.id;
    const found = await byName(channel, teamId);
    if (found) return usable(found);
    if (before?.name === name) return usable(before);
    throw before
      ? renamed(channel, before)
      : new NotFound(channel, { reason: CHANNEL, fix: `${INVITE}, or name it by its id` });
  }

  /** The channel that had this name when it was last looked for, as it is now; null when there is none any more. */
  async function rememberedPlace(channel: string, teamId: string): Promise<Place | null> {
    const remembered = await known.remembered<Place | null>(teamId, 'channel', [channel]);
    const id = remembered.get(channel)?.value?.id;
    return id === undefined ? null : placeIfAny(id, teamId);
  }

  async function placeIfAny(id: string, teamId: string): Promise<Place | null> {
    try {
      return await placeOf(id, teamId);
    } catch (error) {
      if (error instanceof NotFound) return null;
      throw error;
    }
  }

  /** Made a moment ago, or the bot was invited a moment ago: what is remembered of a trouble may be over. */
  async function placeOf(id: string, teamId: string): Promise<Place> {
    const before = await look(id, teamId, NAMES_MS);
    if (!problemOf(before.value)) return before.value;
    const { value, fresh, why } = await look(id, teamId, -1);
    if (problemOf(value) && !fresh) throw why;
    return value;
  }

  function look(id: string, teamId: string, maxAgeMs: number): Promise<LastKnown<Place>> {
    const notFound = () => new NotFound(id, { reason: CHANNEL });
    const ask = async (): Promise<Place> => {
      const asked = () => client.conversations.info({ channel: id });
      const { channel } = await askSlack('conversations.info', asked, notFound);
      const place = toPlace(channel, channel?.is_member ?? false);
      if (!place) throw notFound();
      return place;
    };
    return known.ask({ teamId, kind: 'channel', key: id, maxAgeMs, method: 'conversations.info', ask });
  }

  /** Null: none of the bot's channels has this name now. */
  async function byName(channel: string, teamId: string): Promise<Place | null> {
    const name = channel.slice(1);
    for (const again of [false, true]) {
      const id = await listedId(channel, teamId, again);
      if (id === null) return null;
      const place = await placeIfAny(id, teamId);
      if (place?.name !== name) continue;
      await known.remember(teamId, 'channel', channel, place);
      return place;
    }
    return null;
  }

  /** As the bot's channels are listed, which may be a minute ago; `again`: what the list said turned out to be wrong. */
  async function listedId(channel: string, teamId: string, again: boolean): Promise<string | null> {
    const ask = () => listing.find(teamId, channel.slice(1), { again });
    const about = { teamId, kind: 'channel', key: `named ${channel}`, maxAgeMs: -1, ask } as const;
    const { value, fresh, why } = await known.ask({ ...about, method: 'users.conversations' });
    // What it was is no answer: where the name leads now is asked.
    if (!fresh) throw why;
    return value?.id ?? null;
  }

  async function ownPlaces(teamId: string, cursor: string) {
    const types = 'public_channel,private_channel';
    const from = { types, limit: 999, team_id: teamId, ...(cursor ? { cursor } : {}) };
    const page = await askSlack('users.conversations', () => client.users.conversations(from));
    const places = (page.channels ?? []).flatMap((each) => toPlace(each, true) ?? []);
    return { items: places, next: page.response_metadata?.next_cursor ?? '' };
  }

  /** Who is in a channel. `patient`: nobody is waiting for the answer. */
  function membersIn(channelId: string, teamId: string, { patient = false } = {}): Promise<LastKnown<string[]>> {
    const ask = () => memberPages.all(channelId);
    const about = { teamId, kind: 'members', key: channelId, maxAgeMs: MEMBERS_MS, ask } as const;
    const patience = patient ? { patienceMs: MEMBERS_PATIENCE_MS } : {};
    return known.ask({ ...about, method: 'conversations.members', ...patience });
  }

  async function membersPage(channel: string, cursor: string) {
    const from = { channel, limit: 999, ...(cursor ? { cursor } : {}) };
    const page = await askSlack('conversations.members', () => client.conversations.members(from));
    return { items: page.members ?? [], next: page.response_metadata?.next_cursor ?? '' };
  }

  return { channelOf, membersIn };
}

const CHANNEL = 'channel_not_found';
const INVITE = 'invite me there first: /invite @rollout';

function usable(place: Place): string {
  const problem = problemOf(place);
  if (problem) throw problem;
  return place.id;
}

function renamed(channel: string, { id, name }: Place): NotFound {
  const fix = `it is called #${name} now: write that in the plan, or its id ${id}`;
  return new NotFound(channel, { reason: CHANNEL, fix });
}

/** Why nothing can be posted there, or must not be. */
function problemOf({ name, joined, archived, shared }: Place): NotFound | null {
  if (archived) {
    return new NotFound(`#${name} is archived`, { reason: CHANNEL, fix: 'unarchive it, or name another channel' });
  }
  if (shared) {
    const fix = 'name a channel in the plan that only your own people read';
    return new NotFound(`#${name}`, { reason: 'channel_shared', fix });
  }
  return joined ? null : new NotFound(`#${name}`, { reason: CHANNEL, fix: INVITE });
}

function toPlace(listed: Listed | undefined, joined: boolean): Place | undefined {
  const { id, name, is_archived = false, is_frozen = false } = listed ?? {};
  const shared = isShared(listed ?? {});
  return id && name ? { id, name, joined, archived: is_archived || is_frozen, shared } : undefined;
}

/** With another company. Another workspace of the same organisation is not one: its people read along and are strangers here. */
function isShared({ is_ext_shared, is_pending_ext_shared, pending_connected_team_ids = [] }: Listed): boolean {
  return Boolean(is_ext_shared || is_pending_ext_shared) || pending_connected_team_ids.length > 0;
}
