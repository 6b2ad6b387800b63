import { describe, expect, test } from 'vitest';
import { REMEDIES } from '../../src/slack/connection/failures.js';
import { renderMessage } from '../../src/slack/words/messages/index.js';
import { channelRefused, NO_ANSWER, WAITS } from '../../src/slack/words/phrases/channel-refused.js';
import { NOW, rolloutAt, watchAt } from '../support/rollouts.js';
import { readable } from './readable.js';

const EVERY = [...Object.keys(REMEDIES), NO_ANSWER, WAITS, 'planet_misaligned'];

describe('why a channel shows nothing', () => {
  test.each(EVERY)('by %s says what a person can do, or that it is tried again', (code) => {
    expect(channelRefused(code)).toMatch(/Invite me|Unarchive it|Ask (an admin|one)|I go on trying\.$/);
  });

  test('does not say that Slack is silent where the bot itself waits for its turn', () => {
    expect(channelRefused(WAITS)).not.toContain('answered');
  });

  test('does not say that somebody removed the bot where the channel may be gone', () => {
    expect(channelRefused('channel_not_found')).toContain('or it was deleted');
  });

  test.each(EVERY)('a start that ended by %s is not said to be tried again', (code) => {
    const detail = { kind: 'channel', code } as const;
    const rollout = rolloutAt('not_started');
    const message = { template: 'not_started', reason: 'channel_refused', detail } as const;
    const context = { rollout, watch: watchAt(), now: NOW, lowering: null, byHand: [] };
    const said = readable(renderMessage(message, context));
    expect(said).not.toContain('I go on trying');
    expect(said).toContain('/rollout start');
  });
});
