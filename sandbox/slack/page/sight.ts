import type { LocalSlack, SlackChannel, SlackMessage, SlackUser, SlashCommand } from '../types.js';
import { renderDay, renderMessage, type Standing } from './render.js';
import { displayName, type Scene } from './scene.js';
import { renderHome, renderView } from './view.js';

/** A line of the sidebar. */
interface ChannelLine {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'direct';
  /** `ts` of the newest message shown in the channel, for the unread mark. */
  latest?: string | undefined;
}

/** Everything one person sees, as the page shows it. `html` fields are rendered and safe to insert. */
export interface Sight {
  team: string;
  me: string;
  bot: string;
  users: { id: string; name: string; handle: string; about: string }[];
  channels: ChannelLine[];
  /** What a slash in the message box may begin. */
  commands: readonly SlashCommand[];
  channel?: { id: string; title: string; html: string };
  thread?: { ts: string; html: string };
  home?: string;
  view?: { id: string; html: string };
  /** Whether and how the bot is there, in words. */
  connection: string;
}

export interface Looking {
  user: SlackUser;
  channel?: string | undefined;
  thread?: string | undefined;
  home?: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

function about(user: SlackUser, slack: LocalSlack): string {
  const groups = slack.workspace.groups
    .filter((group) => group.users.includes(user.id))
    .map((group) => `@${group.handle}`);
  const kind = user.isGuest ? ['guest'] : user.isStranger ? ['other workspace'] : [];
  return [...kind, ...groups].join(', ') || 'no group';
}

/** Channels this person may read: their own, and public ones unless they are a guest or from elsewhere. */
function channelsOf(user: SlackUser, slack: LocalSlack): SlackChannel[] {
  return slack.workspace.channels.filter((channel) => {
    if (channel.im) return channel.im === user.id;
    if (channel.members.includes(user.id)) return true;
    return !channel.isPrivate && !channel.isArchived && !user.isGuest && !user.isStranger;
  });
}

const byTime = (one: SlackMessage, other: SlackMessage) => (one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0);

function everything(channel: string, user: string, slack: LocalSlack): SlackMessage[] {
  const seen = [...slack.messages(channel), ...slack.ephemerals(channel, user)];
  return seen.filter((message) => !message.deleted).sort(byTime);
}

const isRoot = (message: SlackMessage) => !message.threadTs || message.threadTs === message.ts;

/** A deleted parent with replies leaves a tombstone, as in Slack: the thread stays reachable. */
function orphanedThreads(messages: SlackMessage[]): SlackMessage[] {
  const present = new Set(messages.map((message) => message.ts));
  const firstReplies = new Map<string, SlackMessage>();
  for (const message of messages) {
    const parent = message.threadTs;
    if (parent && !present.has(parent) && !message.ephemeralTo && !firstReplies.has(parent))
      firstReplies.set(parent, message);
  }
  return [...firstReplies].map(([ts, { channel, user }]) => ({
    channel,
    ts,
    user,
    text: '_This message was deleted._',
  }));
}

/** Older ones are left out: every change sends the whole list. */
const MOST_MESSAGES = 200;

function renderList(messages: SlackMessage[], scene: Scene, standing: (message: SlackMessage) => Standing): string {
  let day = '';
  const shown = messages.slice(-MOST_MESSAGES).map((message) => {
    const heading = renderDay(message.ts, scene);
    const before = heading === day ? '' : heading;
    day = heading;
    return before + renderMessage(message, scene, standing(message));
  });
  const more =
    messages.length > MOST_MESSAGES ? '<li class="empty" data-key="older">Older messages are not shown.</li>' : '';
  return more + shown.join('');
}

function channelHtml(messages: SlackMessage[], scene: Scene): string {
  const roots = messages.filter((message) => isRoot(message) || message.broadcast);
  const threads = repliesByThread(messages);
  return renderList([...roots, ...orphanedThreads(messages)].sort(byTime), scene, (message) => {
    const inThread = threads.get(message.ts) ?? [];
    return { where: 'channel', replies: inThread.length, lastReply: inThread.at(-1)?.ts };
  });
}

/** Replies by the `ts` of their parent. */
function repliesByThread(messages: SlackMessage[]): Map<string, SlackMessage[]> {
  const threads = new Map<string, SlackMessage[]>();
  for (const message of messages) {
    if (!message.threadTs || message.ephemeralTo || isRoot(message)) continue;
    const known = threads.get(message.threadTs);
    if (known) known.push(message);
    else threads.set(message.threadTs, [message]);
  }
  return threads;
}

function threadHtml(ts: string, messages: SlackMessage[], scene: Scene): string {
  const parent = [...messages, ...orphanedThreads(messages)].filter((message) => message.ts === ts);
  const replies = messages.filter((message) => message.threadTs === ts && message.ts !== ts);
  // The first message has the buttons: it stays, however long the thread.
  const latest = replies.slice(parent.length - MOST_MESSAGES);
  return renderList([...parent, ...latest], scene, () => ({ where: 'thread' }));
}

function titleOf(channel: SlackChannel, slack: LocalSlack): string {
  return channel.im ? displayName(slack.workspace.botUserId, slack.workspace) : `#${channel.name}`;
}

function channelLine(channel: SlackChannel, user: SlackUser, slack: LocalSlack): ChannelLine {
  const latest = everything(channel.id, user.id, slack).findLast((message) => isRoot(message) || message.broadcast);
  const kind = channel.im ? 'direct' : channel.isPrivate ? 'private' : 'public';
  const name = channel.im ? displayName(slack.workspace.botUserId, slack.workspace) : channel.name;
  return { id: channel.id, name, kind, latest: latest?.ts };
}

function connectionOf({ requestUrl, sockets }: LocalSlack): string {
  if (requestUrl !== undefined) return 'bot reached over HTTP';
  return sockets > 0 ? 'bot connected' : 'no bot connected';
}

/** What this person sees now: the lists, the open channel and thread or Home, and the modal on top. */
export function sightOf({ user, channel: channelId, thread, home, now }: Looking, slack: LocalSlack): Sight {
  const scene: Scene = { workspace: slack.workspace, viewer: user, now };
  slack.directMessage(user.id);
  const channels = channelsOf(user, slack);
  const channel = channels.find((each) => each.id === channelId);
  const messages = channel ? everything(channel.id, user.id, slack) : [];
  const view = slack.views(user.id).at(-1);
  return {
    team: slack.workspace.teamName,
    me: user.id,
    bot: slack.workspace.botUserId,
    users: slack.workspace.users
      .filter((each) => !each.isBot && !each.deleted)
      .map((each) => ({ id: each.id, name: each.realName || each.name, handle: each.name, about: about(each, slack) })),
    commands: slack.commands,
    channels: channels.map((each) => channelLine(each, user, slack)),
    ...(channel
      ? { channel: { id: channel.id, title: titleOf(channel, slack), html: channelHtml(messages, scene) } }
      : {}),
    ...(channel && thread ? { thread: { ts: thread, html: threadHtml(thread, messages, scene) } } : {}),
    ...(home ? { home: renderHome(slack.home(user.id), scene) } : {}),
    ...(view ? { view: { id: view.id, html: renderView(view, scene) } } : {}),
    connection: connectionOf(slack),
  };
}
