import { describe, expect, test } from 'vitest';
import { enter, type Rollout } from '../../src/rollout/state/rollout.js';
import type { Verb } from '../../src/rollout/state/verbs.js';
import { renderChoice } from '../../src/slack/words/messages/index.js';
import { type Changes, heldFor, NOW, PLAN, rolloutAt } from '../support/rollouts.js';
import { buttonsIn, readable, told } from './readable.js';

const called = (id: number, title: string, more: Changes = {}): Rollout => {
  return rolloutAt('baking', { id, plan: { ...PLAN, name: `plan-${id}`, title }, ...more });
};
const choice = (verb: Verb, ...rollouts: Rollout[]) => renderChoice({ verb, rollouts });

describe('which rollout', () => {
  const two = [called(1, 'New checkout'), called(2, 'Search', { exposure: { confirmed: 10 }, channelId: 'COTHER' })];

  test('to roll back: each by title, percent and channel with the command that means only it, and its own button', () => {
    const shown = choice('rollback', ...two);
    expect(readable(shown)).toBe(
      told(
        '*Which rollout? Name it:*',
        '*New checkout* · 50 % · baking · <#CSHOP> · `/rollout rollback plan-1#1`',
        '[ Roll back New checkout ]',
        '*Search* · 10 % · baking · <#COTHER> · `/rollout rollback plan-2#1`',
        '[ Roll back Search ]',
      ),
    );
    const [first, second] = buttonsIn(shown);
    expect([first?.value, second?.value]).toEqual(['{"rollout":1}', '{"rollout":2}']);
    expect(first?.confirm?.text.text.replaceAll('\u00a0', ' ')).toBe('New checkout: from 50 % to 0 % (off) at once.');
    expect(second?.confirm?.title?.text).toBe('Roll back?');
  });

  test('to pause: a button each; for anything else the commands alone', () => {
    expect(buttonsIn(choice('pause', ...two)).map((button) => [button.action_id, button.text.text])).toEqual([
      ['rollout_pause', 'Pause New checkout'],
      ['rollout_pause', 'Pause Search'],
    ]);
    expect(buttonsIn(choice('advance', ...two))).toEqual([]);
  });

  test('two runs of one title are told apart on their buttons', () => {
    const labels = buttonsIn(choice('rollback', called(1, 'Shop'), called(2, 'Shop', { run: 4 })));
    expect(labels.map((button) => button.text.text)).toEqual(['Roll back Shop #1', 'Roll back Shop #4']);
  });

  test('of many the first three have buttons, twelve are shown, and the rest is counted', () => {
    const shown = choice('rollback', ...Array.from({ length: 15 }, (_, i) => called(i + 1, `Plan ${i + 1}`)));
    expect(buttonsIn(shown).length).toBe(3);
    expect(readable(shown)).toMatch(/`\/rollout rollback plan-12#1`\nand 3 more$/);
  });

  test('one that cannot be paused has its line and no button', () => {
    const held = enter(called(2, 'Held one'), 'held', { held: heldFor(), remindAt: NOW, reminded: 0 });
    expect(buttonsIn(choice('pause', called(1, 'Shop'), held)).map((button) => button.text.text)).toEqual([
      'Pause Shop',
    ]);
  });
});
