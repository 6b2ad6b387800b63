import type { WebClient } from '@slack/web-api';
import { forbids } from '../rollout/state/authority.js';
import { renderHome, renderHomeClosed } from '../slack/words/messages/home.js';
import { mineOf } from './mine.js';
import type { Desk, Request } from './request.js';

/** Draws somebody's Home tab as things stand now. Guests and strangers are told that it is not for them. Best effort: it is only a view. */
export async function publishHome(client: WebClient, actor: Request['actor'], desk: Desk): Promise<void> {
  try {
    const outside = forbids('status', await desk.directory.standing(actor, {})) !== null;
    const view = outside ? renderHomeClosed() : renderHome(await mineOf(actor, desk));
    await client.views.publish({ user_id: actor.userId, view });
  } catch (error) {
    desk.log.warn({ err: error }, 'Home not drawn');
  }
}
