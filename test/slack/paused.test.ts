import { expect, test } from 'vitest';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { renderMessage } from '../../src/slack/words/messages/index.js';
import { LEA, rolloutAt } from '../support/rollouts.js';
import { at, buttonNamed, buttonsIn, readable, told } from './readable.js';

const paused = (rollout: Rollout, reason = 'support calls') => {
  return renderMessage({ template: 'paused', by: LEA, reason, exposure: 10 }, at(rollout));
};

test('paused by somebody else: who, where and why, how to go on, and in which channel it is followed', () => {
  const shown = paused(rolloutAt('held', { exposure: { confirmed: 10 } }));
  expect(readable(shown)).toBe(
    told(
      '⏸ <@ULEA> paused *New checkout* at 10 %: “support calls”',
      'To go on: `/rollout resume new-checkout`',
      '[ Resume ]',
      'You started it; it is followed in <#CSHOP>',
    ),
  );
  expect(buttonNamed(shown, 'rollout_resume')?.value).toEqual({ rollout: 12 });
});

test('without a reason there are no empty quotes', () => {
  expect(readable(paused(rolloutAt('held'), '')).split('\n')[0]).toBe('⏸ <@ULEA> paused *New checkout* at 10 %');
});

test.each(['ready', 'rolled_back'] as const)(
  'told late, when it is %s by now, it offers nothing that is over',
  (phase) => {
    const shown = paused(rolloutAt(phase));
    expect(readable(shown)).toMatch(/\nIt is (ready|rolled back) at (50|0) % by now\.\n/);
    expect(buttonsIn(shown)).toEqual([]);
  },
);
