import { describe, expect, test } from 'vitest';
import { mayRise } from '../../src/rollout/requirements/may-rise.js';
import type { Refusal } from '../../src/rollout/state/refusal.js';
import { PHASES, type Rollout } from '../../src/rollout/state/rollout.js';
import { VERBS, type Verb } from '../../src/rollout/state/verbs.js';
import { renderRefusal } from '../../src/slack/words/messages/index.js';
import { phaseWord } from '../../src/slack/words/phrases/stages.js';
import { NOW, rolloutAt, streakAt, watchAt } from '../support/rollouts.js';
import { readable, told } from './readable.js';

function conditionsOf(rollout: Rollout): Refusal['conditions'] {
  return mayRise(rollout, { now: NOW, watch: watchAt() }, { at: 'asked' }).conditions;
}

describe('a refusal', () => {
  const refuse = (refusal: Refusal, rollout: Rollout | null = rolloutAt('baking'), verb: Verb = 'advance'): string =>
    readable(renderRefusal({ refusal, verb, rollout, watch: watchAt(), now: NOW }));

  test('shows every condition under each other, what clears each and who, and the command that helps', () => {
    const rollout = rolloutAt('baking');
    expect(refuse({ reason: 'bake_incomplete', conditions: conditionsOf(rollout), helps: 'why' })).toBe(
      told(
        '*Not advanced to 100 %.*',
        'The bake is not over.',
        '```',
        '✖ bake      not done, 1 h 12 m of 4 h',
        '✔ health    4 of 4 fine',
        '○ approval  asked next',
        '```',
        'The bake ends about 22:07 UTC unless it is interrupted; nobody can shorten it. To go on earlier: an override, with a reason and somebody else’s approval.',
        'Asked next: engineering-lead (<!subteam^SLEAD>) can approve, but not who asks.',
        '`/rollout why new-checkout`',
        '[ Ask for an override… ]',
      ),
    );
  });

  test('names who may do what the asker may not', () => {
    const who = { kind: 'who', ok: false, needs: ['operators'] } as const;
    expect(refuse({ reason: 'not_allowed', conditions: [who], helps: 'help' })).toBe(
      told(
        '*Not advanced to 100 %.*',
        'You do not have a role that may do this.',
        'operators (<!subteam^SREL>) can do this.',
        '`/rollout help`',
      ),
    );
  });

  test.each(['pause', 'rollback', 'have'] as const)('for %s names every role of the plan: any may', (verb) => {
    const who = { kind: 'who', ok: false, needs: ['operators'] } as const;
    expect(refuse({ reason: 'not_allowed', conditions: [who] }, rolloutAt('baking'), verb)).toContain(
      'operators (<!subteam^SREL>) can do this, and so can engineering-lead (<!subteam^SLEAD>).',
    );
  });

  test.each(['guest_or_stranger', 'request_closed', 'membership_unknown'] as const)(
    'for %s has no row about roles: they are not what is wrong',
    (reason) => {
      const who = { kind: 'who', ok: false, needs: ['operators'] } as const;
      const said = refuse({ reason, conditions: [who], helps: 'help' });
      expect(said.split('\n').length).toBe(3);
    },
  );

  test('never has an empty row or line of roles', () => {
    const who = { kind: 'who', ok: false, needs: [] } as const;
    const said = refuse({ reason: 'not_allowed', conditions: [who], helps: 'help' });
    expect(said.split('\n').slice(2)).toEqual(['`/rollout help`']);
  });

  test('of a start names its operators though no rollout is there, and a command', () => {
    const who = { kind: 'who', ok: false, needs: ['operators'] } as const;
    expect(
      refuse({ reason: 'not_allowed', conditions: [who] }, null, 'start')
        .split('\n')
        .slice(-2),
    ).toEqual(['Only operators can do this; the plan names them.', '`/rollout help`']);
  });

  test.each([
    ['never asked', rolloutAt('ready'), 'Nothing is waiting for approval.'],
    ['just granted', rolloutAt('applying'), 'That request is closed.'],
    ['another one open', rolloutAt('awaiting_approval'), 'That request is closed.'],
  ] as const)('of an approval, %s: says whether there was one', (_, rollout, words) => {
    expect(refuse({ reason: 'request_closed', conditions: [] }, rollout, 'approve').split('\n')[1]).toBe(words);
  });

  test('of a start that is running already names the run and where it stands', () => {
    const rollout = rolloutAt('baking', { run: 2, exposure: { confirmed: 10 } });
    const conditions = [{ kind: 'phase', ok: false, phase: 'baking' }] as const;
    expect(refuse({ reason: 'already_running', conditions, helps: 'status' }, rollout, 'start')).toBe(
      told('*Not started.*', 'new-checkout#2 is running already, baking at 10 %.', '`/rollout status new-checkout`'),
    );
  });

  const plans = (asked: string, ...there: string[]) => ({ facts: { kind: 'plans', asked, there } as const });
  const settles = { facts: { kind: 'settles', seconds: 12 } } as const;
  test.each([
    ['no_such_plan', plans('', 'example', 'new-checkout'), 'start', 'Which plan? example, new-checkout.'],
    ['no_such_plan', plans('old', 'new'), 'start', 'There is no plan of that name: old; plans here: new.'],
    [
      'no_such_plan',
      plans('old'),
      'start',
      'There is no plan of that name: old; there is no plan in the plans folder yet.',
    ],
    ['no_such_plan', plans(''), 'start', 'There is no plan in the plans folder yet.'],
    ['target_settling', settles, 'start', 'Try again in 12 s: the targets are still being re-read after a rollback.'],
    ['no_such_rollout', { detail: 'old#7' }, 'list', 'There is no rollout of that name here: old#7.'],
  ] as const)('%s (%j) says what is there, and a command that helps', (reason, known, helps, words) => {
    const said = refuse({ reason, conditions: [], helps, ...known }, null, 'start').split('\n');
    const command = helps === 'start' ? '/rollout start &lt;plan&gt;' : '/rollout list';
    expect(said.slice(1)).toEqual([words, `\`${command}\``]);
  });

  test.each([
    ['duration', '', '30m or 1h', 'How long? For example 30m or 1h.'],
    ['number', '', 'report complaints 3', 'How many? For example report complaints 3.'],
    ['number', 'three <b>', 'report complaints 3', 'Not a number: three &lt;b&gt;; for example report complaints 3.'],
    ['duration', 'soon', '30m', 'Not a duration: soon; for example 30m.'],
  ] as const)('of a %s that is %j says what it may look like', (of, said, example, words) => {
    const facts = { kind: 'amount', of, said, example } as const;
    expect(refuse({ reason: 'bad_arguments', conditions: [], facts }, null, 'report').split('\n')[1]).toBe(words);
  });

  test('where nothing runs and no name was typed says so, and leads to what there is and can be', () => {
    expect(refuse({ reason: 'no_such_rollout', conditions: [], helps: 'start' }, null, 'pause').split('\n')).toEqual([
      '*Not paused.*',
      'Nothing is running in this channel.',
      '`/rollout list` or `/rollout start &lt;plan&gt;`',
    ]);
  });

  test('of a finish while it bakes says that pausing helps', () => {
    const conditions = [{ kind: 'phase', ok: false, phase: 'baking' }] as const;
    const said = refuse({ reason: 'wrong_phase', conditions, helps: 'status' }, rolloutAt('baking'), 'finish');
    expect(said.split('\n').slice(-2)).toEqual([
      '`/rollout pause new-checkout` first, or wait until the bake is done.',
      '`/rollout pause new-checkout`',
    ]);
  });

  test('of an extension without a time shows one that can be typed', () => {
    const refusal = { reason: 'bad_arguments', conditions: [], detail: 'how long?', helps: 'extend' } as const;
    expect(refuse(refusal, rolloutAt('baking'), 'extend')).toContain('`/rollout extend new-checkout 30m`');
  });

  test('shows the readings that stand in the way of health', () => {
    const watch = watchAt({ streaks: { 'error-rate': streakAt(12, { verdict: 'critical', level: 'critical' }) } });
    const verdicts = { 'error-rate': 'critical' } as const;
    const refusal = { reason: 'health_critical', conditions: [{ kind: 'health', ok: false, verdicts }] } as const;
    const said = readable(renderRefusal({ refusal, verb: 'advance', rollout: rolloutAt('ready'), watch, now: NOW }));
    expect(said).toContain('✖ health    0 of 1 fine, 1 critical');
    expect(said).toContain('✖ *Over limit* Error rate 12 % (warn 1, limit 5)');
  });

  test('a stage that is not next shows what was asked', () => {
    const stage = { kind: 'stage', ok: false, asked: 'everyone', next: 'half (50 %)' } as const;
    expect(refuse({ reason: 'not_next_stage', conditions: [stage] })).toContain('✖ stage     asked everyone\n');
    expect(refuse({ reason: 'not_next_stage', conditions: [stage] })).toContain('The next stage is half (50 %).');
  });

  test('a condition in words stands as a sentence', () => {
    const text = {
      kind: 'text',
      ok: false,
      text: 'stage half needs qa; without you nobody is left to approve',
    } as const;
    expect(refuse({ reason: 'too_few_approvers', conditions: [text], helps: 'help' }, null, 'start')).toBe(
      told(
        '*Not started.*',
        'Too few people could approve it.',
        '✖ Not met: stage half needs qa; without you nobody is left to approve',
        '`/rollout help`',
      ),
    );
  });

  test('shows how a command is written when that was the trouble', () => {
    const refusal = { reason: 'bad_arguments', conditions: [], detail: '“soon” is no time' } as const;
    const usage = '/rollout extend <plan> <time>';
    const answer = { refusal, verb: 'extend', rollout: null, watch: null, now: NOW, usage } as const;
    expect(readable(renderRefusal(answer))).toBe(
      told(
        '*Bake not extended.*',
        'The words after the command could not be read: “soon” is no time.',
        'Write it like this: `/rollout extend &lt;plan&gt; &lt;time&gt;`',
      ),
    );
  });

  test.each(PHASES)('from %s says what can be done about the state', (phase) => {
    const condition = { kind: 'phase', ok: false, phase } as const;
    const said = refuse(
      { reason: 'wrong_phase', conditions: [condition], helps: 'status' },
      rolloutAt(phase),
      'resume',
    );
    const name = ['rolled_back', 'completed', 'not_started'].includes(phase) ? 'new-checkout#1' : 'new-checkout';
    expect(said).toContain(`\`/rollout status ${name}\``);
    const [, stands, ...clears] = said.split('\n').slice(0, -1);
    expect(stands).toMatch(new RegExp(`^It is .*${phaseWord(phase)}\\.$`));
    expect(clears.length).toBe(['planned', 'ready', 'baking'].includes(phase) ? 0 : 1);
    expect(said).not.toContain('```');
  });

  test('no row of the table is wider than a phone', () => {
    const rollout = rolloutAt('baking', { bake: { extraMs: 96 * 3_600_000 } });
    const stage = { kind: 'stage', ok: false, asked: 'x'.repeat(200), next: 'y'.repeat(200) } as const;
    const said = refuse({ reason: 'not_next_stage', conditions: [stage, ...conditionsOf(rollout)] });
    const table = said.split('```')[1]?.trim().split('\n') ?? [];
    expect(table.slice(1, 3)).toEqual(['✖ bake      not done,', '            1 h 12 m of 4 d 4 h']);
    expect(table.length).toBe(5);
    for (const row of table) expect(row.length).toBeLessThanOrEqual(38);
  });

  test('each verb has its own heading', () => {
    const headings = VERBS.map(
      (verb) => refuse({ reason: 'busy', conditions: [] }, rolloutAt('ready'), verb).split('\n')[0],
    );
    expect(new Set(headings).size).toBe(VERBS.length - 9);
  });
});
