import { expect, test } from 'vitest';
import { type ChannelEvent, channelNews } from '../../src/slack/connection/channel-news.js';

const closed = (code: string) => ({ kind: 'closed', channelId: 'C1', code });
const OPEN = { kind: 'open', channelId: 'C1' };

test.each<[ChannelEvent, object | null]>([
  [{ type: 'channel_archive', channel: 'C1', user: 'U1' }, closed('is_archived')],
  [{ type: 'group_archive', channel: 'C1' }, closed('is_archived')],
  [{ type: 'channel_left', channel: 'C1' }, closed('not_in_channel')],
  [{ type: 'group_left', channel: 'C1' }, closed('not_in_channel')],
  [{ type: 'channel_deleted', channel: 'C1' }, closed('channel_not_found')],
  [{ type: 'group_deleted', channel: 'C1' }, closed('channel_not_found')],
  [{ type: 'channel_unarchive', channel: 'C1' }, OPEN],
  [{ type: 'group_unarchive', channel: 'C1' }, OPEN],
  [{ type: 'member_joined_channel', channel: 'C1', user: 'UBOT' }, OPEN],
  [{ type: 'member_joined_channel', channel: 'C1', user: 'U1' }, null],
  [
    { type: 'channel_rename', channel: { id: 'C1', name: 'shop' } },
    { kind: 'renamed', channelId: 'C1' },
  ],
  [
    { type: 'group_rename', channel: { id: 'C1', name: 'shop' } },
    { kind: 'renamed', channelId: 'C1' },
  ],
  [
    { type: 'channel_id_changed', old_channel_id: 'G1', new_channel_id: 'C1' },
    { kind: 'moved', from: 'G1', to: 'C1' },
  ],
  [{ type: 'channel_id_changed', old_channel_id: 'C1', new_channel_id: 'C1' }, null],
  [{ type: 'channel_id_changed', old_channel_id: 'G1' }, null],
  [{ type: 'channel_archive' }, null],
  [{ type: 'channel_archive', channel: null }, null],
  [{ type: 'channel_rename', channel: { name: 'shop' } }, null],
  [{ type: 'channel_shared', channel: 'C1' }, null],
])('%j', (event, news) => {
  expect(channelNews(event, 'UBOT')).toEqual(news);
});

test('who the bot is not known to be is not taken for it', () => {
  expect(channelNews({ type: 'member_joined_channel', channel: 'C1', user: 'U1' }, undefined)).toBeNull();
});
