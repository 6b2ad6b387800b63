import { describe, expect, test } from 'vitest';
import type { Verb } from '../../src/rollout/authority.js';
import type { Refusal } from '../../src/rollout/refusal.js';
import type { Rollout } from '../../src/rollout/rollout.js';
import { renderRefusal } from '../../src/slack/messages/index.js';
import { NOW, rolloutAt, streakAt, watchAt } from '../support/rollouts.js';
import { buttonNamed, buttonsIn, readable, told } from './readable.js';

describe('a refusal that leads on', () => {
  const refuse = (refusal: Refusal, rollout: Rollout | null, verb: Verb): string =>
    readable(renderRefusal({ refusal, verb, rollout, watch: watchAt(), now: NOW }));

  test.each([
    ['a check without a number', rolloutAt('baking'), { 'error-rate': streakAt(1, { verdict: 'unknown' }) }],
    ['a check beyond its limit', rolloutAt('baking'), { 'error-rate': streakAt(9, { verdict: 'critical' }) }],
    ['no stage left', rolloutAt('baking', { stageNo: 3 }), {}],
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
      told(
        '*Not finished.*',
        'This needs a reason.',
        '`reason_missing` · `/rollout finish new-checkout &lt;reason&gt;`',
      ),
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
});
