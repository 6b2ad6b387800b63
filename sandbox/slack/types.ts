/**
 * The local Slack as tests, the sandbox and its page see it. Everything is in process; the bot talks to it over
 * real HTTP and real WebSockets, exactly as it talks to Slack.
 */

export interface SlackUser {
  id: string;
  /** The handle, without @. */
  name: string;
  realName: string;
  email: string;
  /** Their own workspace; on an Enterprise Grid it may be another than this one. */
  teamId: string;
  /** Every workspace of the grid they are in; unset: their own alone. */
  teams?: string[];
  tz: string;
  isBot?: boolean;
  /** Single- or multi-channel guest (`is_restricted`). */
  isGuest?: boolean;
  /** A person of another workspace who is seen here through a shared channel (`is_stranger`). */
  isStranger?: boolean;
  deleted?: boolean;
}

export interface SlackGroup {
  id: string;
  /** Without @. */
  handle: string;
  name: string;
  users: string[];
  /** `date_delete` of a deactivated group. */
  disabled?: boolean;
}

export interface SlackChannel {
  id: string;
  name: string;
  isPrivate?: boolean;
  isArchived?: boolean;
  /** Only some people may post here, and the bot may not. */
  isReadOnly?: boolean;
  /** Shared with another company (`is_ext_shared`). */
  isExtShared?: boolean;
  /** Shared with these workspaces of the same grid, this one among them (`is_org_shared`). */
  orgTeams?: string[];
  /** Direct message with this user. */
  im?: string;
  members: string[];
}

export interface SlackMessage {
  channel: string;
  ts: string;
  threadTs?: string;
  /** A thread reply also shown in the channel (`reply_broadcast`). */
  broadcast?: boolean;
  user: string;
  botId?: string;
  text: string;
  blocks?: Record<string, unknown>[];
  attachments?: Record<string, unknown>[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  editedTs?: string;
  /** Only this user sees it; gone from history, kept for the page and tests. */
  ephemeralTo?: string;
  deleted?: boolean;
}

/** The organisation of an Enterprise Grid. */
export interface Enterprise {
  id: string;
  name: string;
  /** Installed for the whole organisation: interactive payloads then name no workspace (`team` is null). */
  isOrgInstall?: boolean;
  /** The workspaces such an app was added to; unset: this one alone. */
  addedTo?: string[];
}

export interface Workspace {
  teamId: string;
  /** The organisation this workspace is part of; unset: it stands alone. */
  enterprise?: Enterprise;
  /** Slack's own limits of calls per method and minute hold; unset: none. */
  isLimited?: boolean;
  /** On the free plan: no user groups, and what was said more than 90 days ago is hidden. */
  isFree?: boolean;
  /** What its owners forbid. */
  forbids?: readonly ('emails' | 'direct_messages')[];
  teamName: string;
  botUserId: string;
  botId: string;
  appId: string;
  users: SlackUser[];
  groups: SlackGroup[];
  channels: SlackChannel[];
  /** Scopes granted to the bot token. A method outside them answers `missing_scope`. */
  scopes: string[];
}

/** One delivery to the app (slash command, click, event, view submission) and how it went. */
export interface Delivery {
  /** The body as delivered (form fields decoded, payload parsed). */
  readonly body: Record<string, unknown>;
  /** True when the app acknowledged within 3 s. Over HTTP: status 200. */
  readonly acked: boolean;
  /** What the ack carried: text or a response object, if any. */
  readonly response: unknown;
  readonly tookMs: number;
  /** HTTP mode only. */
  readonly status?: number;
  /**
   * Delivers the same thing again: `replay` sends identical bytes (HTTP: same timestamp and signature; Socket Mode: same
   * envelope id), `retry` the way Slack redelivers (new signature, retry headers or retry_attempt, same ids).
   */
  again(how?: 'replay' | 'retry'): Promise<Delivery>;
}

/** A slash command as people see it while they type. */
export interface SlashCommand {
  /** With its slash. */
  command: string;
  description: string;
  usageHint: string;
}

/** What the Web API shall do wrong: the next `times` calls of `method` (or '*'). */
export interface Fault {
  method: string;
  /** Only calls that name this channel. */
  channel?: string;
  /** Only posts whose metadata names this slot; an edit of one counts too. */
  slot?: string;
  /** Default 1; Infinity until cleared. */
  times?: number;
  /** Answer this error code with ok:false. */
  error?: string;
  /** Answer 429 with Retry-After seconds. */
  rateLimit?: number;
  /** Answer this HTTP status with a text body. */
  status?: number;
  /** Answer this body as it is, with status 200 or the one above. */
  body?: string;
  /** Of that body; default text/plain. */
  contentType?: string;
  /** Cut the connection before processing. */
  reset?: boolean;
  /** Cut the connection before processing, and process the call all the same when `carryOutLate` is called. */
  late?: boolean;
  /** Process the call, then cut the connection without an answer. */
  resetAfter?: boolean;
  /** Answer after this many milliseconds. */
  delayMs?: number;
  /** Answer with a clock (the Date header) this many milliseconds ahead of the real one. */
  clockAheadMs?: number;
}

export interface ApiCall {
  method: string;
  args: Record<string, unknown>;
  at: number;
  ok: boolean;
  error?: string;
}

export type SlackChange =
  | { type: 'message'; message: SlackMessage }
  | { type: 'view'; user: string; view: OpenView }
  | { type: 'view_closed'; user: string; viewId: string }
  | { type: 'home'; user: string }
  | { type: 'connection'; sockets: number }
  /** Somebody or some place is not as it was: a group, a person, a channel. */
  | { type: 'workspace' };

/** What a person chooses: the value of an option, an id, a date; several where several can be chosen. */
export type Choice = string | readonly string[];

/** A button or menu of a view. Without a block id the first one with this action id (and, for a button, this value). */
interface ViewAim {
  user: string;
  actionId: string;
  blockId?: string;
  /** Which of the buttons with this action id, or what is chosen in the menu. */
  value?: Choice;
  /** What the other fields hold by now, by block id → action id; they arrive as `view.state.values`. */
  values?: Record<string, Record<string, unknown>>;
}

export interface OpenView {
  id: string;
  hash: string;
  callbackId: string;
  view: Record<string, unknown>;
  /** Field errors the app answered with the last submission, by block id. */
  errors?: Record<string, string>;
}

export interface LocalSlack {
  readonly workspace: Workspace;
  /** Base address; `/` is the page, `/api/` the Web API. */
  readonly url: string;
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** The app's slash commands, suggested by the page to who types a slash. */
  readonly commands: readonly SlashCommand[];
  /** Where to deliver over HTTP (the bot's /slack/events); unset: over Socket Mode. May be changed at any time. */
  requestUrl: string | undefined;

  // what people do; all resolve when the app has acked, failed to, or 3 s passed. Not reaching the app rejects never:
  // acked is false and the person sees Slack's own "did not respond" text as an ephemeral message.
  command(input: { user: string; channel: string; text: string; command?: string }): Promise<Delivery>;
  /**
   * Clicks the button with this action id in a message, or chooses `value` in the menu with this action id; throws if
   * the message shows no such thing.
   */
  click(input: {
    user: string;
    channel: string;
    ts: string;
    actionId: string;
    blockId?: string;
    value?: Choice;
    ephemeral?: boolean;
    /** What the other fields of the message hold by now, for this person: block id → action id → value. */
    values?: Record<string, Record<string, unknown>>;
  }): Promise<Delivery>;
  /** Delivers a click whether or not the button is (still) there: old phones do that. `body` overrides any field of the payload. */
  clickRaw(input: {
    user: string;
    channel: string;
    ts: string;
    actionId: string;
    value: string;
    body?: Record<string, unknown>;
  }): Promise<Delivery>;
  /** Writes a message as a person; delivers app_mention when the bot is mentioned, message.im in a direct message. */
  say(input: { user: string; channel: string; text: string; threadTs?: string }): Promise<SlackMessage>;
  /** Rewrites a message of a person; the bot hears of it again where Slack would tell it. */
  editMessage(input: { channel: string; ts: string; text: string }): Promise<SlackMessage>;
  /** The same in the modal on top of this person's stack; throws if it shows no such button. */
  clickView(input: ViewAim): Promise<Delivery>;
  /** The same in the bot's Home tab. */
  clickHome(input: ViewAim): Promise<Delivery>;
  /**
   * Submits the view on top of this person's stack; values by block id → action id → value. A field that is left out
   * keeps what it started with, null or '' empties it.
   */
  submit(input: { user: string; values: Record<string, Record<string, unknown>> }): Promise<Delivery>;
  closeView(input: { user: string }): Promise<void>;
  openHome(user: string): Promise<void>;
  /** Tells the app of anything else, as the Events API does: `{ type: 'channel_archive', channel: 'C0SHOP' }`. Changes nothing here. */
  tell(event: Record<string, unknown>): Promise<void>;
  /** Delivers anything at all, signed or in an envelope as Slack would. Changes nothing here. */
  deliver(kind: 'slash_commands' | 'interactive' | 'events_api', body: Record<string, unknown>): Promise<Delivery>;
  /** Gives a channel another id, with all its messages, and tells the app, as sharing a private channel does. */
  renumberChannel(channelId: string, to: string): Promise<void>;

  // what happens to people and places; the Web API answers accordingly from then on. All throw for an unknown id.
  setGroupUsers(groupId: string, users: readonly string[]): void;
  renameGroup(groupId: string, handle: string): void;
  disableGroup(groupId: string, disabled?: boolean): void;
  setUser(userId: string, patch: Partial<Omit<SlackUser, 'id'>>): void;
  /** Archived, shared, renamed, or with other members: without the bot among them it has left. */
  setChannel(channelId: string, patch: Partial<Omit<SlackChannel, 'id' | 'im'>>): void;
  /** A person deletes a message (channel owner's right). Replies to it stay, under a tombstone. */
  deleteMessage(channel: string, ts: string): void;

  // what can be seen
  /** Everything in a channel, thread replies included, ephemerals excluded, oldest first. */
  messages(channel: string): SlackMessage[];
  ephemerals(channel: string, user: string): SlackMessage[];
  message(channel: string, ts: string): SlackMessage | undefined;
  /** A link as chat.getPermalink gives it. */
  permalink(channel: string, ts: string): string;
  views(user: string): OpenView[];
  home(user: string): Record<string, unknown> | undefined;
  channelByName(name: string): SlackChannel;
  userByName(name: string): SlackUser;
  /** Opens (or finds) the direct message channel between the bot and this user. */
  directMessage(user: string): SlackChannel;
  /** Every Web API call since the start, oldest first. */
  readonly calls: readonly ApiCall[];
  subscribe(listener: (change: SlackChange) => void): () => void;

  // what goes wrong
  fail(fault: Fault): void;
  clearFaults(): void;
  /** Does now what was asked in the calls that met a fault with `late`; how many those were. */
  carryOutLate(): number;
  /** Down: the Web API and Socket Mode refuse connections (accept and reset), people's actions are not delivered. */
  setDown(down: boolean): void;
  /** Sends `disconnect` (refresh_requested) on every socket, as Slack does. */
  refreshSockets(): void;
  /** Number of open Socket Mode connections. */
  readonly sockets: number;
  /** Resolves when at least n Socket Mode connections are open. */
  connected(n?: number): Promise<void>;
  close(): Promise<void>;
}
