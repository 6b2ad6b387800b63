import type { OpenView, SlackChange, SlackChannel, SlackMessage, SlackUser, Workspace } from './types.js';
import type { Json } from './values.js';

/** A published Home tab. */
export interface Home {
  id: string;
  hash: string;
  view: Json;
}

/** What survives a restart. */
export interface SavedState {
  version: 1;
  lastMicros: number;
  counter: number;
  channels: SlackChannel[];
  messages: SlackMessage[];
  views: [user: string, stack: OpenView[]][];
  homes: [user: string, home: Home][];
}

/** A message before it has its ts. */
export type Draft = Omit<SlackMessage, 'ts'>;

/**
 * Everything the workspace remembers. Messages are replaced, never mutated, so what a caller holds is a snapshot.
 */
export class SlackState {
  readonly workspace: Workspace;
  readonly now: () => number;
  readonly homes = new Map<string, Home>();
  readonly stacks = new Map<string, OpenView[]>();
  readonly #messages = new Map<string, Map<string, SlackMessage>>();
  /** Reply ts by channel and thread, so that a long channel stays quick. */
  readonly #threads = new Map<string, Set<string>>();
  readonly #listeners = new Set<(change: SlackChange) => void>();
  #lastMicros = 0;
  #counter = 0;

  constructor(workspace: Workspace, now: () => number) {
    this.workspace = workspace;
    this.now = now;
  }

  /** Unique and increasing, also when the clock stands still or goes back. */
  nextTs(): string {
    this.#lastMicros = Math.max(Math.floor(this.now() * 1000), this.#lastMicros + 1);
    const seconds = Math.floor(this.#lastMicros / 1e6);
    return `${seconds}.${String(this.#lastMicros % 1e6).padStart(6, '0')}`;
  }

  nextId(prefix: string): string {
    this.#counter += 1;
    return `${prefix}${String(this.#counter).padStart(8, '0')}`;
  }

  subscribe(listener: (change: SlackChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(change: SlackChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  user(id: string): SlackUser | undefined {
    return this.workspace.users.find((user) => user.id === id);
  }

  channel(id: string): SlackChannel | undefined {
    return this.workspace.channels.find((channel) => channel.id === id);
  }

  post(draft: Draft): SlackMessage {
    return this.keep({ ...draft, ts: this.nextTs() });
  }

  /** Stores a message under its channel and ts, new or changed, and tells everybody. */
  keep(message: SlackMessage): SlackMessage {
    let inChannel = this.#messages.get(message.channel);
    if (!inChannel) {
      inChannel = new Map();
      this.#messages.set(message.channel, inChannel);
    }
    inChannel.set(message.ts, message);
    if (message.threadTs !== undefined) this.#thread(message.channel, message.threadTs).add(message.ts);
    this.emit({ type: 'message', message });
    return message;
  }

  remove(message: SlackMessage): void {
    this.#messages.get(message.channel)?.delete(message.ts);
    if (message.threadTs !== undefined) this.#thread(message.channel, message.threadTs).delete(message.ts);
    this.emit({ type: 'message', message: { ...message, deleted: true } });
  }

  /** Any message, ephemeral ones included. */
  find(channel: string, ts: string): SlackMessage | undefined {
    return this.#messages.get(channel)?.get(ts);
  }

  /** Everything in a channel, ephemeral messages included, oldest first. */
  all(channel: string): SlackMessage[] {
    return [...(this.#messages.get(channel)?.values() ?? [])];
  }

  visible(channel: string): SlackMessage[] {
    return this.all(channel).filter((message) => message.ephemeralTo === undefined);
  }

  /** The replies in a thread that everybody sees, oldest first. */
  replies(channel: string, threadTs: string): SlackMessage[] {
    const found = [...(this.#threads.get(`${channel}/${threadTs}`) ?? [])].flatMap(
      (ts) => this.find(channel, ts) ?? [],
    );
    return found.filter((message) => message.ephemeralTo === undefined);
  }

  /**
   * What is left of a thread's first message when it was deleted and replies remain; undefined otherwise. Nobody can
   * edit it or link to it.
   */
  tombstone(channel: string, ts: string): SlackMessage | undefined {
    if (this.find(channel, ts) || this.replies(channel, ts).length === 0) return undefined;
    return { channel, ts, user: 'USLACKBOT', text: 'This message was deleted.', deleted: true };
  }

  /** The tombstones of a channel, oldest first. */
  tombstones(channel: string): SlackMessage[] {
    const prefix = `${channel}/`;
    const roots = [...this.#threads.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
    return roots.sort().flatMap((ts) => this.tombstone(channel, ts) ?? []);
  }

  /** The same channel under another id, with its messages and threads. */
  renumber(from: string, to: string): void {
    const channel = this.channel(from);
    if (!channel) throw new Error(`no channel ${from}`);
    channel.id = to;
    const messages = this.all(from).map((message) => ({ ...message, channel: to }));
    this.#messages.delete(from);
    for (const message of messages) this.keep(message);
    this.emit({ type: 'workspace' });
  }

  directMessage(userId: string): SlackChannel {
    const found = this.workspace.channels.find((channel) => channel.im === userId);
    if (found) return found;
    const channel: SlackChannel = {
      id: `D${userId.slice(1)}`,
      name: userId,
      im: userId,
      members: [userId, this.workspace.botUserId],
    };
    this.workspace.channels.push(channel);
    return channel;
  }

  stack(user: string): OpenView[] {
    return this.stacks.get(user) ?? [];
  }

  #thread(channel: string, threadTs: string): Set<string> {
    const key = `${channel}/${threadTs}`;
    const known = this.#threads.get(key);
    if (known) return known;
    const replies = new Set<string>();
    this.#threads.set(key, replies);
    return replies;
  }

  save(): SavedState {
    return {
      version: 1,
      lastMicros: this.#lastMicros,
      counter: this.#counter,
      channels: this.workspace.channels,
      messages: [...this.#messages.values()].flatMap((inChannel) => [...inChannel.values()]),
      views: [...this.stacks],
      homes: [...this.homes],
    };
  }

  load(saved: SavedState): void {
    this.#lastMicros = saved.lastMicros;
    this.#counter = saved.counter;
    const { channels } = this.workspace;
    const added = channels.filter(({ id }) => !saved.channels.some((channel) => channel.id === id));
    channels.splice(0, channels.length, ...saved.channels, ...added);
    for (const message of saved.messages) this.keep(message);
    for (const [user, stack] of saved.views) this.stacks.set(user, stack);
    for (const [user, home] of saved.homes) this.homes.set(user, home);
  }
}
