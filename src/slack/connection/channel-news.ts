/** What Slack tells of a channel, as far as posting there goes. */
export type ChannelNews =
  /** It takes no posts from now on; `code`: what Slack would answer. */
  | { readonly kind: 'closed'; readonly channelId: string; readonly code: string }
  | { readonly kind: 'open'; readonly channelId: string }
  /** What is remembered under its name is not so any more. */
  | { readonly kind: 'renamed'; readonly channelId: string }
  /** The same channel with the same messages, under another id. */
  | { readonly kind: 'moved'; readonly from: string; readonly to: string };

/** An event of Slack, by what all of them may have. */
export interface ChannelEvent {
  readonly type: string;
  readonly channel?: unknown;
  readonly user?: unknown;
  readonly old_channel_id?: unknown;
  readonly new_channel_id?: unknown;
}

/** Null: it says nothing about posting, or not enough. `botUserId`: whose coming and going matters. */
export function channelNews(event: ChannelEvent, botUserId: string | undefined): ChannelNews | null {
  const { type, channel, old_channel_id: from, new_channel_id: to } = event;
  const channelId = idOf(channel);
  if (type === 'channel_id_changed')
    return typeof from === 'string' && typeof to === 'string' && from !== to ? { kind: 'moved', from, to } : null;
  if (channelId === null) return null;
  switch (type) {
    case 'channel_archive':
    case 'group_archive':
      return { kind: 'closed', channelId, code: 'is_archived' };
    case 'channel_left':
    case 'group_left':
      return { kind: 'closed', channelId, code: 'not_in_channel' };
    case 'channel_deleted':
    case 'group_deleted':
      return { kind: 'closed', channelId, code: 'channel_not_found' };
    case 'channel_unarchive':
    case 'group_unarchive':
      return { kind: 'open', channelId };
    case 'member_joined_channel':
      return botUserId !== undefined && event.user === botUserId ? { kind: 'open', channelId } : null;
    case 'channel_rename':
    case 'group_rename':
      return { kind: 'renamed', channelId };
    default:
      return null;
  }
}

/** An id, or an object that has one. */
function idOf(channel: unknown): string | null {
  if (typeof channel === 'string') return channel;
  const id = typeof channel === 'object' && channel !== null && 'id' in channel ? channel.id : null;
  return typeof id === 'string' ? id : null;
}
