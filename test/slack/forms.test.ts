import { describe, expect, test } from 'vitest';
import { type Form, renderForm, renderFormAnswer } from '../../src/slack/forms/index.js';
import { renderRefusal } from '../../src/slack/words/messages/index.js';
import { NOW, PLAN, requestFor, rollbackFrom, rolloutAt, watchAt } from '../support/rollouts.js';
import { everyView } from './every-view.js';
import { readableView, told } from './readable.js';

const [EARLY] = PLAN.stages;
if (!EARLY) throw new Error('no stage');
const BAKING = rolloutAt('baking');
const WHY = 'Why? It is kept with the record.';
const HEALTH = [
  '*Health now* 4 of 4 fine',
  'Error rate 0.31 % (warn 1, limit 5)',
  'p95 latency 412 ms (warn 600, limit 1,000)',
  'Login success 99.6 % (warn 98, min 95)',
  'Memory 4 % (warn 50, limit 100)',
];

const form = (of: Form): string => readableView(renderForm(of, '{}'));

describe('each form says what it will do and what stands now', () => {
  test('deny: the move, who asked, the numbers with their limits', () => {
    const ways = [
      { value: 'stay', label: 'It stays at 10 %' },
      { value: 'to:off', label: '0 %, off: this ends the rollout' },
    ];
    const rollout = rolloutAt('awaiting_approval');
    expect(form({ kind: 'deny', rollout, request: requestFor(), reason: '', ways })).toBe(
      told(
        '# Deny the request',
        '*10 % → 50 %* · New checkout',
        'Asked by <@UOPAL>: “numbers look good”',
        'Unless you choose otherwise, users keep what they have. It can be asked for again.',
        ...HEALTH,
        `${WHY}: []`,
        'What now?: [It stays at 10 %] of 2',
        'Who acts next?: [] of 2',
        '[ Deny ] [ Cancel ]',
      ),
    );
  });

  test('override: that the bake is not over, how far it is, that somebody else must approve', () => {
    const watch = watchAt();
    const said = form({ kind: 'override', rollout: BAKING, watch, now: NOW, reason: 'hotfix' }).split('\n');
    expect(said.slice(0, 5)).toEqual([
      '# Ask for an override',
      '*New checkout*: asks for 100 % · Everyone although the bake is not over.',
      'Somebody else has to approve it; your reason stands on the request.',
      '*Bake* 1 h 12 m of 4 h · ends 22:07 UTC',
      '*Health now* 4 of 4 fine',
    ]);
    expect(said.slice(-2)).toEqual([`${WHY}: [hotfix]`, '[ Ask for it ] [ Cancel ]']);
  });

  test('roll back to: where users are, and the places below', () => {
    const destinations = [
      { value: 'off', label: '0 %, off' },
      { value: 'early-access', label: '10 %, Early access' },
    ];
    expect(form({ kind: 'rollback', rollout: BAKING, destinations, reason: '' })).toBe(
      told(
        '# Roll back to…',
        '*New checkout*: users get 50 % now, baking.',
        'It goes down at once and is read back; a stage is paused there, off ends the run.',
        'Where to?: [] of 2',
        `${WHY}: []`,
        '[ Roll back ] [ Cancel ]',
      ),
    );
  });

  test('finish: that nothing is watched from then on, and what is not taken', () => {
    expect(form({ kind: 'finish', rollout: rolloutAt('ready'), reason: 'good enough' })).toBe(
      told(
        '# Finish here',
        '*New checkout* ends at 50 %. *Nothing is watched from then on*, and nothing is rolled back by itself.',
        'Health now: 4 of 4 fine',
        'Not taken: 100 %',
        'It can still be taken back by hand with a rollback.',
        `${WHY}: [good enough]`,
        '[ Finish ] [ Cancel ]',
      ),
    );
  });

  test('extend: how long the bake is', () => {
    expect(form({ kind: 'extend', rollout: BAKING, duration: '30m', reason: '' })).toBe(
      told(
        '# Extend the bake',
        '*New checkout*: the bake at 50 % takes 4 h now.',
        'It is made longer by what you say; a bake that was done goes on when it no longer is.',
        'How much longer?: [30m]',
        `${WHY}: []`,
        '[ Extend ] [ Cancel ]',
      ),
    );
  });

  test('start: which plan, with the one that was meant chosen', () => {
    const plans = [
      { name: 'checkout', title: 'New checkout' },
      { name: 'search', title: '' },
    ];
    expect(form({ kind: 'start', plans, plan: 'checkout', note: 'v2' })).toBe(
      told(
        '# Start a rollout',
        'Reads the targets and every check once; nothing is raised before that.',
        'When everything reads fine the first stage begins at once, unless the plan asks for approval.',
        'Which plan?: [New checkout (checkout)] of 2',
        'Note: [v2]',
        '[ Start ] [ Cancel ]',
      ),
    );
  });

  test('false alarm: why that run was rolled back, where the new one begins, that somebody else must approve', () => {
    const rollout = rolloutAt('rolled_back', { run: 3, rollback: rollbackFrom(50) });
    expect(form({ kind: 'false_alarm', rollout, stage: EARLY, reason: '' }).split('\n').slice(0, 4)).toEqual([
      '# It was a false alarm',
      '*New checkout*: new-checkout#3 was rolled back from 50 % to 0 %: Error rate 12 % is over its limit 5 %',
      'A new run begins with 10 % · Early access, the last stage that had finished its bake. The stages before it are skipped.',
      'Somebody else has to approve it; your reason stands on the request and in the record.',
    ]);
  });
});

describe('as Slack takes it', () => {
  test.each([
    ['deny', 'rollout_deny', ['reason', 'after', 'duration', 'next']],
    ['override', 'rollout_advance', ['reason']],
    ['rollback', 'rollout_rollback', ['to', 'reason']],
    ['finish', 'rollout_finish', ['reason']],
    ['extend', 'rollout_extend', ['duration', 'reason']],
    ['report', 'rollout_report', ['number', 'note']],
    ['start', 'rollout_start', ['plan', 'note']],
    ['false_alarm', 'rollout_start', ['reason']],
  ])('%s comes back as %s with its fields by name and the metadata it was given', (kind, callback, fields) => {
    const view = everyView('x')[`form_${kind}`]?.();
    const inputs = view?.blocks.filter((block) => 'element' in block) ?? [];
    expect(view?.callback_id).toBe(callback);
    expect(view?.private_metadata).toBe(JSON.stringify({ form: kind }));
    expect(inputs.map((block) => block.block_id)).toEqual(fields);
    expect(inputs.map((block) => ('element' in block ? block.element.action_id : ''))).toEqual(fields);
  });

  test('a reason has at least three and at most 3,000 characters, and what was typed before stands in it', () => {
    const typed = `${'a'.repeat(2_999)}🚀more`;
    const view = renderForm({ kind: 'finish', rollout: BAKING, reason: typed }, '{}');
    const field = view.blocks.find((block) => block.block_id === 'reason');
    expect(field).toMatchObject({
      element: { type: 'plain_text_input', multiline: true, min_length: 3, max_length: 3_000 },
    });
    expect(field).not.toMatchObject({ optional: true });
    const { initial_value } = (field as { element: { initial_value: string } }).element;
    expect(initial_value.length).toBe(3_000);
    expect(initial_value.isWellFormed()).toBe(true);
  });

  test('of more than a hundred plans a hundred are offered, the one that was meant among them, and it says so', () => {
    const plans = Array.from({ length: 120 }, (_, i) => ({ name: `plan-${i}`, title: `Plan ${i}` }));
    const said = form({ kind: 'start', plans, plan: 'plan-110', note: '' });
    expect(said).toContain('100 of 120 plans are listed here.');
    expect(said).toContain('Which plan?: [Plan 110 (plan-110)] of 100');
    const { blocks } = renderForm({ kind: 'start', plans, plan: 'plan-110', note: '' }, '{}');
    expect(JSON.stringify(blocks.find((block) => block.block_id === 'plan')).match(/"plan-110"/g)?.length).toBe(2);
  });

  test('with nothing to choose from there is nothing to send, and it says what helps', () => {
    expect(form({ kind: 'start', plans: [], plan: null, note: '' })).toBe(
      told('# Start a rollout', 'There is no plan that can be started. `/rollout plans` says why.', '[ Close ]'),
    );
    expect(form({ kind: 'rollback', rollout: BAKING, destinations: [], reason: '' })).toBe(
      told('# Roll back to…', 'No stage lies below where users are now: `/rollout rollback new-checkout`', '[ Close ]'),
    );
  });
});

describe('after a form that was refused', () => {
  const refusal = { reason: 'bake_incomplete', conditions: [] } as const;
  const refused = renderRefusal({ refusal, verb: 'advance', rollout: BAKING, watch: watchAt(), now: NOW });

  test('why and what leads on, then what was typed, whole, and nothing to send', () => {
    const view = renderFormAnswer('Ask for an override', refused, 'line one\nline `two`');
    expect(readableView(view)).toBe(
      told(
        '# Ask for an override',
        '*Not advanced to 100 %.*',
        'The bake is not over.',
        '[ Ask for an override… ]',
        '*What you typed, to copy:*',
        '```',
        'line one',
        'line `two`',
        '```',
        '[ Close ]',
      ),
    );
    expect(view.submit).toBeUndefined();
  });

  test('nothing of 3,000 characters is lost, though escaping makes them five times as long', () => {
    const typed = '&<>'.repeat(1_000);
    const view = renderFormAnswer('Deny', refused, typed);
    const kept = view.blocks
      .filter((block) => block.block_id?.startsWith('typed:words'))
      .map((block) => ('text' in block && typeof block.text === 'object' ? block.text.text : ''))
      .map((text) => text.slice('```\n'.length, -'\n```'.length))
      .join('');
    expect(kept.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')).toBe(typed);
  });

  test('an answer without blocks is still said, and a title that is too long is cut', () => {
    const view = renderFormAnswer('A verb with a very long title', { text: 'Still working on it', blocks: [] }, '');
    expect(readableView(view)).toBe(told('# A verb with a very long…', 'Still working on it', '[ Close ]'));
  });
});
