import type { Origin } from '../response-urls.js';
import type { SlackState } from '../state.js';
import { isTrue, type Json } from '../values.js';
import { Arguments } from '../web-api/arguments.js';
import { botMessage, edited, threadRoot } from '../web-api/chat.js';
import { readContent, requireSomething } from '../web-api/content.js';
import { SlackError } from '../web-api/slack-error.js';

/**
 * Applies an answer given through an acknowledgement or a response_url: a new message (ephemeral unless
 * `response_type` is in_channel), or a change of the message that was clicked. Throws SlackError.
 */
export function applyAnswer(state: SlackState, origin: Origin, body: Json): void {
  const original = origin.ts === undefined ? undefined : state.find(origin.channel, origin.ts);
  if (original && isTrue(body.delete_original)) {
    state.remove(original);
    if (body.text === undefined && body.blocks === undefined) return;
  }
  const args = new Arguments(body);
  const content = readContent(args);
  requireSomething(content);
  if (origin.kind === 'actions' && isTrue(body.replace_original)) {
    if (!original) throw new SlackError('message_not_found');
    state.keep(edited(state, original, { blocks: [], attachments: [], ...content }));
    return;
  }
  const draft = botMessage(state, origin.channel, content);
  const threadTs = args.text('thread_ts');
  if (threadTs) draft.threadTs = threadRoot(state, origin.channel, threadTs);
  state.post(body.response_type === 'in_channel' ? draft : { ...draft, ephemeralTo: origin.user });
}
