import type { KnownBlock } from '@slack/types';
import { describe, expect, test } from 'vitest';
import { REASONS } from '../../src/rollout/plan/reasons.js';
import type { Message } from '../../src/rollout/state/effects.js';
import { VERBS } from '../../src/rollout/state/verbs.js';
import type { Rendered } from '../../src/slack/words/blocks.js';
import { renderMessage, renderRefusal, renderWhy } from '../../src/slack/words/messages/index.js';
import { alertOf, heldFor, NOW, requestFor, rolloutAt } from '../support/rollouts.js';
import { everyMessage } from './every-message.js';
import { everyView } from './every-view.js';
import { mrkdwnIn } from './readable.js';

/** `bake_incomplete` and the like; a plain word such as `busy` is a code only where it is shown as one. */
const CODES = new RegExp(
  `\\b(?:${REASONS.filter((code) => code.includes('_')).join('|')})\\b|\`(?:${REASONS.join('|')})\``,
);

/** Everything of a message that people read, and what a screen reader says. */
function seen(rendered: Rendered): string {
  return mrkdwnIn(rendered).join('\n');
}

describe('no reason is shown as a code', () => {
  test('in any message', () => {
    for (const [name, render] of Object.entries(everyMessage('x'))) expect(seen(render()), name).not.toMatch(CODES);
  });

  test('in any form', () => {
    for (const [name, render] of Object.entries(everyView('x')))
      expect(seen({ text: '', blocks: render().blocks as KnownBlock[] }), name).not.toMatch(CODES);
  });

  test.each(REASONS)('of %s', (reason) => {
    for (const verb of VERBS) {
      for (const rollout of [null, rolloutAt('baking'), rolloutAt('rolled_back')]) {
        const refusal = { reason, conditions: [], helps: 'why' } as const;
        expect(seen(renderRefusal({ refusal, verb, rollout, watch: null, now: NOW }))).not.toMatch(CODES);
      }
    }
    const rollout = rolloutAt('held', { held: heldFor({ cause: reason, note: '' }) });
    const messages: Message[] = [
      { template: 'live' },
      { template: 'not_started', reason, detail: null },
      { template: 'approval_request', request: requestFor(), outcome: { kind: 'void', reason, detail: null, at: NOW } },
      alertOf({ subject: 'raise', kind: 'raise_failed', reason, value: null }),
      alertOf({ subject: '@target', kind: 'drift', reason, value: null }),
    ];
    for (const message of messages) {
      const shown = renderMessage(message, { rollout, watch: null, now: NOW, lowering: null, byHand: [] });
      expect(seen(shown), message.template).not.toMatch(CODES);
    }
    expect(seen(renderWhy({ rollout, watch: null, now: NOW, conditions: [] }))).not.toMatch(CODES);
  });
});
