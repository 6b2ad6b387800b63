import type { SlackState } from './state.js';
import type { LocalSlack, OpenView, SlackChannel, SlackGroup, SlackUser, Workspace } from './types.js';
import { permalink } from './web-api/chat.js';
import { TEAM_URL } from './web-server.js';

function nameless(name: string): string {
  return name.replace(/^[@#]/, '');
}

function known<T>(found: T | undefined, what: string): T {
  if (!found) throw new Error(`no ${what} in this workspace`);
  return found;
}

/** The part of a local Slack that is memory alone: what can be seen, and what happens to people and places. */
export abstract class PeopleAndPlaces {
  protected readonly state: SlackState;

  constructor(state: SlackState) {
    this.state = state;
  }

  get workspace(): Workspace {
    return this.state.workspace;
  }

  messages(channel: string) {
    return this.state.visible(channel);
  }

  ephemerals(channel: string, user: string) {
    return this.state.all(channel).filter((message) => message.ephemeralTo === user);
  }

  message(channel: string, ts: string) {
    return this.state.find(channel, ts);
  }

  permalink(channel: string, ts: string) {
    return permalink(TEAM_URL, known(this.message(channel, ts), `message ${ts} in ${channel}`));
  }

  views(user: string): OpenView[] {
    return this.state.stack(user);
  }

  home(user: string) {
    return this.state.homes.get(user)?.view;
  }

  channelByName(name: string): SlackChannel {
    const bare = nameless(name);
    const { channels } = this.workspace;
    return known(
      channels.find((channel) => channel.im === undefined && channel.name === bare),
      `channel #${bare}`,
    );
  }

  userByName(name: string): SlackUser {
    const bare = nameless(name);
    return known(
      this.workspace.users.find((user) => user.name === bare),
      `user @${bare}`,
    );
  }

  directMessage(user: string) {
    return this.state.directMessage(user);
  }

  subscribe(listener: Parameters<LocalSlack['subscribe']>[0]) {
    return this.state.subscribe(listener);
  }

  deleteMessage(channel: string, ts: string) {
    this.state.remove(known(this.message(channel, ts), `message ${ts} in ${channel}`));
  }

  setGroupUsers(groupId: string, users: readonly string[]) {
    this.#setGroup(groupId, { users: [...users] });
  }

  renameGroup(groupId: string, handle: string) {
    this.#setGroup(groupId, { handle: nameless(handle) });
  }

  disableGroup(groupId: string, disabled = true) {
    this.#setGroup(groupId, { disabled });
  }

  setUser(userId: string, patch: Partial<Omit<SlackUser, 'id'>>) {
    Object.assign(known(this.state.user(userId), `user ${userId}`), patch);
    this.state.emit({ type: 'workspace' });
  }

  setChannel(channelId: string, patch: Partial<Omit<SlackChannel, 'id' | 'im'>>) {
    Object.assign(known(this.state.channel(channelId), `channel ${channelId}`), patch);
    this.state.emit({ type: 'workspace' });
  }

  #setGroup(id: string, patch: Partial<SlackGroup>) {
    const group = this.workspace.groups.find((one) => one.id === id);
    Object.assign(known(group, `user group ${id}`), patch);
    this.state.emit({ type: 'workspace' });
  }
}
