import type { SlackUser, Workspace } from '../types.js';

/** Who looks, at what, when: everything rendering depends on beside the message itself. */
export interface Scene {
  workspace: Workspace;
  viewer: SlackUser;
  /** Milliseconds since 1970, for "today" and "2 minutes ago". */
  now: number;
  /** Where a message is shown: one that has replies is on the page twice. */
  pane?: 'channel' | 'thread';
}

/** Slack's own voice: no member of any workspace. */
const SLACKBOT = 'USLACKBOT';

/** The name shown for a user id; an unknown id is shown as it is. */
export function displayName(userId: string, workspace: Workspace): string {
  if (userId === SLACKBOT) return 'Slackbot';
  const user = workspace.users.find((each) => each.id === userId);
  return user ? user.realName || user.name : userId;
}

/** Two letters for the avatar. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => word.charAt(0)) : [name.slice(0, 2)];
  return letters.join('').toUpperCase();
}
