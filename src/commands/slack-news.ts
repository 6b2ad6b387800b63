import type { App } from '@slack/bolt';
import { type ChannelEvent, channelNews } from '../slack/connection/channel-news.js';
import { closeChannel, forgetChannels, moveMessages, openChannel } from '../store/channels.js';
import type { Desk } from './request.js';

/** As long as a refusal of the channel itself holds; then one post tries it. */
const CLOSED_MS = 30_000;

interface Told {
  readonly event: ChannelEvent;
  readonly body: { readonly team_id: string };
  readonly context: { readonly botUserId?: string | undefined };
}

/** What Slack tells without being asked: of channels that rollouts post in, and of the app itself. */
export function bindSlackNews(app: App, desk: Desk): void {
  const hear = async ({ event, body, context }: Told): Promise<void> => {
    await heard(event, { teamId: body.team_id, botUserId: context.botUserId, desk });
  };
  app.event('channel_archive', hear);
  app.event('channel_deleted', hear);
  app.event('channel_id_changed', hear);
  app.event('channel_left', hear);
  app.event('channel_rename', hear);
  app.event('channel_unarchive', hear);
  app.event('group_archive', hear);
  app.event('group_deleted', hear);
  app.event('group_left', hear);
  app.event('group_rename', hear);
  app.event('group_unarchive', hear);
  app.event('member_joined_channel', hear);
  // Nothing can be said in Slack any more, and nothing else changes: users are kept safe without it.
  const gone = (what: string) => async () =>
    desk.log.error({ what }, 'Slack took the bot its token: nobody can be told anything; checks and rollbacks go on');
  app.event('app_uninstalled', gone('app_uninstalled'));
  app.event('tokens_revoked', gone('tokens_revoked'));
}

async function heard(
  event: ChannelEvent,
  { teamId, botUserId, desk }: { teamId: string; botUserId: string | undefined; desk: Desk },
): Promise<void> {
  const { db, log, deliver, dispatch } = desk;
  const news = channelNews(event, botUserId);
  if (!news) return;
  log.warn({ news }, 'Slack tells of a channel');
  // Names and members change with all of these.
  await forgetChannels(db, teamId);
  switch (news.kind) {
    case 'renamed':
      return;
    case 'closed':
      await closeChannel(db, news.channelId, news.code, CLOSED_MS);
      break;
    case 'open':
      await openChannel(db, news.channelId);
      break;
    case 'moved': {
      const { from, to } = news;
      for (const id of await moveMessages(db, from, to))
        await dispatch.fact(`moved:${from}:${to}`, id, { type: 'channel_moved', from, to });
      await openChannel(db, to);
      break;
    }
    default:
      return news satisfies never;
  }
  // The ack does not wait for what is posted now.
  deliver.pump().catch((error: unknown) => log.error({ err: error }, 'not delivered at once; the next tick does'));
}
