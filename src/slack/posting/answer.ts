import type { KnownBlock } from '@slack/types';
import type { Rendered } from '../words/blocks.js';

/** An answer only the asker sees, as an ack or a response_url takes it. */
export function answerBody(rendered: Rendered): { response_type: 'ephemeral'; text: string; blocks?: KnownBlock[] } {
  const { text, blocks } = rendered;
  return { response_type: 'ephemeral', text, ...(blocks.length > 0 ? { blocks } : {}) };
}
