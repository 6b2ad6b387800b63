import { describe, expect, test } from 'vitest';
import type { Refusal } from '../../src/rollout/state/refusal.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import type { Verb } from '../../src/rollout/state/verbs.js';
import { renderRefusal } from '../../src/slack/words/messages/index.js';
import { NOW, rolloutAt, streakAt, watchAt } from '../support/rollouts.js';
import { buttonNamed, buttonsIn, readable, told } from './readable.js';

describe('a refusal that leads on', () => {
  const refuse = (refusal: Refusal, rollout: Rollout | null, verb: Verb): string =>
    readable(renderRefusal({ refusal, verb, rollout, watch: watchAt(), now: NOW }));

  test.each([
    ['a check without a number', rolloutAt('baking'), { 'error-rate': streakAt(1, { verdict: 'unknown' }) }],
    ['a check beyond its limit', rolloutAt('baking'), { 'error-rate': streakAt(9, { verdict: 'critical' }) }],
    ['no stage left', rolloutAt('baking', { stage: { no: 3 } }), {}],
    ['a run that is held', rolloutAt('held'), {}],
  ] as const)('offers no override with %s', (_, rollout, streaks) => {
    const watch = watchAt({ streaks });
    const refusal = { reason: 'bake_incomplete', conditions: [] } as const;
    const shown = renderRefusal({ refusal, verb: 'advance', rollout, watch, now: NOW });
    expect(buttonsIn(shown)).toEqual([]);
  });

  test('offers an override with a warning: that is no reason to wait; it carries the stage and its try', () => {
    const watch = watchAt({ streaks: { 'error-rate': streakAt(1.8, { verdict: 'warning' }) } });
    const refusal = { reason: 'bake_incomplete', conditions: [] } as const;
    const shown = renderRefusal({ refusal, verb: 'advance', rollout: rolloutAt('baking'), watch, now: NOW });
    expect(buttonNamed(shown, 'rollout_advance')?.value).toEqual({
      rollout: 12,
      stage: 2,
      attempt: 1,
      form: 'override',
    });
    const other = renderRefusal({ refusal, verb: 'extend', rollout: rolloutAt('baking'), watch, now: NOW });
    expect(buttonsIn(other)).toEqual([]);
  });

  test('of a reason that is missing shows where it is typed', () => {
    const refusal = { reason: 'reason_missing', conditions: [], helps: 'finish' } as const;
    expect(refuse(refusal, rolloutAt('ready'), 'finish')).toBe(
      told('*Not finished.*', 'This needs a reason.', '`/rollout finish new-checkout &lt;reason&gt;`'),
    );
  });

  test.each([
    [[], 'without you nobody is left to approve it'],
    [['ULEA'], 'without you only <@ULEA> is left to approve it'],
    [['ULEA', 'UQIN'], 'without you only <@ULEA> and <@UQIN> are left to approve it'],
  ])('of too few approvers names who is left: %j', (people, words) => {
    const quorum = { kind: 'any', count: 3, roles: ['qa', 'sre'] } as const;
    const condition = { kind: 'approvers', ok: false, stage: 'half', quorum, people } as const;
    const said = refuse({ reason: 'too_few_approvers', conditions: [condition], helps: 'help' }, null, 'start');
    expect(said.split('\n')[2]).toBe(`✖ Not met: stage half needs 3 of qa or sre; ${words}`);
  });

  test('of a withdrawal that comes too late says what users have, and how to take it back', () => {
    const refusal = { reason: 'request_closed', conditions: [], helps: 'status' } as const;
    expect(refuse(refusal, rolloutAt('baking'), 'withdraw')).toBe(
      told(
        '*Approval not withdrawn.*',
        'Too late: what was approved is read back at 50 %. To take it back: `/rollout rollback new-checkout`',
        '`/rollout status new-checkout`',
      ),
    );
    // Nobody approved the first stage, and what is still under way was not read back.
    const first = rolloutAt('baking', { stage: { no: 1 }, exposure: { confirmed: 10 } });
    expect(refuse(refusal, first, 'withdraw')).toContain('Nothing is waiting for approval.');
    expect(refuse(refusal, rolloutAt('baking'), 'deny')).toContain('Nothing is waiting for approval.');
  });

  test('of a start names the plan that was meant, so that the command can be typed', () => {
    const refusal = {
      reason: 'target_settling',
      conditions: [],
      facts: { kind: 'settles', seconds: 25 },
      helps: 'start',
    } as const;
    const answer = { refusal, verb: 'start', rollout: null, watch: null, now: NOW, plan: 'checkout' } as const;
    expect(readable(renderRefusal(answer)).split('\n').slice(1)).toEqual([
      'Try again in 25 s: the targets are still being re-read after a rollback.',
      '`/rollout start checkout`',
    ]);
  });

  test.each([
    ['rolback', 'rollback', 'There is no such command: rolback; you may mean rollback.'],
    ['hello,', null, 'There is no such command: hello.'],
    ['rolback,', 'rollback', 'There is no such command: rolback; you may mean rollback.'],
  ] as const)('of a command that is none (%s) says what was typed without its comma', (said, near, words) => {
    const facts = { kind: 'no_command', said, near } as const;
    const refusal = { reason: 'unknown_command', conditions: [], facts, helps: 'help' } as const;
    expect(refuse(refusal, null, 'rollback').split('\n')[1]).toBe(words);
  });

  test.each([
    ['finish', 'baking', 'It is still baking.'],
    ['resume', 'baking', 'It is not paused but baking.'],
    ['advance', 'held', 'It is paused.'],
    ['extend', 'completed', 'It is complete.'],
  ] as const)('%s while it is %s: %s', (verb, phase, words) => {
    const refusal = { reason: 'wrong_phase', conditions: [{ kind: 'phase', ok: false, phase }] } as const;
    const said = refuse(refusal, rolloutAt(phase), verb);
    expect(said.split('\n')[1]).toBe(words);
    expect(said).not.toContain('✖');
  });

  test('of an approval that any other operator can give says so, not that one of them is needed', () => {
    const quorum = { kind: 'any', count: 1, roles: ['operators'] } as const;
    const condition = { kind: 'approvers', ok: false, stage: 'half', quorum, people: [] } as const;
    const said = refuse({ reason: 'too_few_approvers', conditions: [condition] }, null, 'start');
    expect(said).toContain('stage half needs another operator; without you');
  });
});
