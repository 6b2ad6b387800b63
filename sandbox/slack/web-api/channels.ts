import type { SlackState } from '../state.js';
import type { SlackChannel } from '../types.js';
import { SlackError } from './slack-error.js';

/** The channel, as far as the bot can see it: a private channel without the bot does not exist for it. */
export function channelFor(state: SlackState, id: string): SlackChannel {
  const channel = state.channel(id);
  const hidden = channel?.isPrivate && !channel.members.includes(state.workspace.botUserId);
  if (!channel || hidden) throw new SlackError('channel_not_found');
  return channel;
}

/** As chat.postMessage takes it: an id, a name with or without #, or a person, deactivated or not. */
export function destination(state: SlackState, given: string): SlackChannel {
  const person = state.user(given);
  if (person) {
    if (person.isBot) throw new SlackError('channel_not_found');
    return state.directMessage(person.id);
  }
  const name = given.replace(/^#/, '');
  const named = state.workspace.channels.find((channel) => channel.im === undefined && channel.name === name);
  return channelFor(state, named?.id ?? given);
}

export function requireMember(state: SlackState, channel: SlackChannel): void {
  if (!channel.members.includes(state.workspace.botUserId)) throw new SlackError('not_in_channel');
}

/** Refuses what nobody may write to. */
export function requireWritable(state: SlackState, channel: SlackChannel): void {
  if (channel.isArchived) throw new SlackError('is_archived');
  if (channel.isReadOnly) throw new SlackError('restricted_action_read_only_channel');
  requireMember(state, channel);
}
