import type { Scene } from '../../../sandbox/slack/page/scene.js';
import type { SlackMessage } from '../../../sandbox/slack/types.js';
import { sandboxWorkspace } from '../../../sandbox/slack/workspace.js';

/** Friday 20 November 2026, 12:00 UTC: 13:00 in Berlin, 04:00 in Los Angeles. */
export const NOON = Date.UTC(2026, 10, 20, 12);

/** The sandbox's people as one of them sees them; Opal is in Berlin, Oscar in Los Angeles. */
export function sceneOf(handle = 'opal'): Scene {
  const workspace = sandboxWorkspace();
  const viewer = workspace.users.find((user) => user.name === handle);
  if (!viewer) throw new Error(`nobody is called ${handle}`);
  return { workspace, viewer, now: NOON };
}

/** A message of the bot in #shop at noon. */
export function fromBot(extra: Partial<SlackMessage>): SlackMessage {
  return { channel: 'C0SHOP', ts: `${NOON / 1000}.000100`, user: 'U0ROLLOUT', botId: 'B0ROLLOUT', text: '', ...extra };
}
