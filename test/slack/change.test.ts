import { expect, test } from 'vitest';
import { renderMessage } from '../../src/slack/words/messages/index.js';
import { heldFor, NOW, OPAL, rolloutAt, streakAt, watchAt } from '../support/rollouts.js';
import { at, readable } from './readable.js';

const SINCE = new Date(NOW.getTime() - 180_000);
const RESUMED = {
  template: 'change',
  by: OPAL,
  exposure: 50,
  event: { type: 'resumed', to: 'baking', reason: 'quiet night' },
} as const;

test.each([
  ['the bake counts', rolloutAt('baking'), watchAt(), '; the bake goes on'],
  [
    'a check has no data',
    rolloutAt('baking'),
    watchAt({
      // Nothing was stopped while it was paused.
      stopped: null,
      streaks: {
        'error-rate': streakAt(0.31, {
          verdict: 'unknown',
          unknownInRow: 4,
          unknownSince: SINCE,
          since: SINCE,
          countedAt: null,
          why: { kind: 'said', text: 'timeout' },
        }),
      },
    }),
    '; the bake stands still: Error rate has had no data for 3 m (timeout)',
  ],
  ['its bake was done', rolloutAt('ready'), watchAt(), '; it is ready'],
  ['it is paused again by the time the post is drawn', rolloutAt('held', { held: heldFor() }), watchAt(), ''],
] as const)('who resumed says what follows, where %s', (_, rollout, watch, follows) => {
  expect(readable(renderMessage(RESUMED, at(rollout, { watch })))).toBe(`<@UOPAL> resumed it${follows}: “quiet night”`);
});
