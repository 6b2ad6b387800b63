import { refusesReply, type TryLater } from '../connection/failures.js';

/** What a new post comes with. */
export interface Manner {
  /** Blocks; without them it is short plain text. */
  readonly blocks: boolean;
  /** Metadata, by which it is found again when Slack's answer is lost. */
  readonly metadata: boolean;
  /** Under the live message, not in the channel itself. */
  readonly thread: boolean;
  /** Shown in the channel, too, where it is a reply. */
  readonly broadcast: boolean;
}

const METADATA_ALONE: readonly string[] = [
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_must_be_sent_from_app',
  'metadata_too_large',
];
const BROADCAST_ALONE: readonly string[] = ['cant_broadcast_message', 'no_dual_broadcast_content_update'];

/**
 * How a post that was refused is said at once: without what Slack does not take, and with everything else. Null: there is
 * no other way. Each way has less than the one before, so there are five at most.
 */
export function otherManner(failure: TryLater, manner: Manner): Manner | null {
  const { code, remedy } = failure;
  const { blocks, metadata, thread, broadcast } = manner;
  if (code !== null && METADATA_ALONE.includes(code) && metadata) return { ...manner, metadata: false };
  if (remedy === 'plain_text') {
    if (blocks) return { ...manner, blocks: false };
    return metadata ? { ...manner, metadata: false } : null;
  }
  if (code !== null && BROADCAST_ALONE.includes(code) && broadcast) return { ...manner, broadcast: false };
  // What a new message cannot meet outside a thread: the message that it answers is not as it was.
  if (thread && (remedy === 'post_new' || refusesReply(failure))) return { ...manner, thread: false };
  return null;
}
