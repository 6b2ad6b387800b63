import { describe, expect, test } from 'vitest';
import { REMEDIES, refusedWith } from '../../src/slack/connection/failures.js';
import { type Manner, otherManner } from '../../src/slack/posting/manners.js';

const ALL: Manner = { blocks: true, metadata: true, thread: true, broadcast: true };
const ROOT: Manner = { ...ALL, thread: false };

describe('a post that Slack refuses is said at once', () => {
  test.each<[string, Manner, Manner | null]>([
    ['invalid_blocks', ALL, { ...ALL, blocks: false }],
    ['msg_too_long', ROOT, { ...ROOT, blocks: false }],
    ['no_text', { ...ALL, blocks: false }, { ...ALL, blocks: false, metadata: false }],
    ['no_text', { ...ALL, blocks: false, metadata: false }, null],
    ['metadata_too_large', ALL, { ...ALL, metadata: false }],
    ['metadata_too_large', { ...ALL, metadata: false }, { ...ALL, metadata: false, blocks: false }],
    ['cant_broadcast_message', ALL, { ...ALL, broadcast: false }],
    ['thread_not_found', ALL, { ...ALL, thread: false }],
    ['message_not_found', ALL, { ...ALL, thread: false }],
    ['restricted_action_thread_locked', ALL, { ...ALL, thread: false }],
    ['thread_not_found', ROOT, null],
    ['restricted_action', ALL, null],
    ['internal_error', ALL, null],
    ['ratelimited', ALL, null],
    ['planet_misaligned', ALL, null],
  ])('after %s, said with %j: %j', (code, manner, other) => {
    expect(otherManner(refusedWith(code), manner)).toEqual(other);
  });

  test('in five ways at most, whatever it answers each time', () => {
    for (const code of Object.keys(REMEDIES)) {
      let manner: Manner | null = ALL;
      let ways = 0;
      for (; manner !== null; ways += 1) manner = otherManner(refusedWith(code), manner);
      expect(ways, code).toBeLessThanOrEqual(5);
    }
  });
});
