import { describe, expect, test } from 'vitest';
import {
  renderDone,
  renderExplain,
  renderLastRunRolledBack,
  renderPlans,
} from '../../src/slack/words/messages/index.js';
import { LEA, PLAN, rollbackFrom, rolloutAt } from '../support/rollouts.js';
import { buttonsIn, readable, told } from './readable.js';

const [EARLY, HALF, EVERYONE] = PLAN.stages;
if (!EARLY || !HALF || !EVERYONE) throw new Error('three stages expected');

describe('started', () => {
  const done = (more: Partial<Parameters<typeof renderDone>[0]>): string[] =>
    readable(renderDone({ verb: 'start', rollout: rolloutAt('starting'), ...more })).split('\n');

  test('names who can approve each stage that asks for it', () => {
    const approvers = [
      { stage: HALF, people: ['ULEA', 'ULOU'] },
      { stage: EVERYONE, people: [] },
    ];
    expect(done({ approvers }).slice(1)).toEqual([
      'Can approve 50 % · Half: <@ULEA> or <@ULOU>',
      'Can approve 100 % · Everyone: nobody now',
    ]);
  });

  test('names who the plan names and cannot do anything here, and why', () => {
    const skipped = [{ role: 'engineering-lead', id: 'UGINA', why: 'guest' }];
    expect(done({ skipped })[1]).toBe('Skipped: <@UGINA> (guest, engineering-lead)');
  });

  test('of many stages says how many more there are', () => {
    const approvers = Array.from({ length: 9 }, () => ({ stage: HALF, people: ['ULEA'] }));
    expect(done({ approvers }).at(-1)).toBe('and 4 more stages');
  });
});

describe('after a run that was rolled back', () => {
  const last = rolloutAt('rolled_back', { run: 3, alerts: { haveIt: [LEA] }, rollback: rollbackFrom(50) });

  test('why it was rolled back, with the number and its limit, when, who has it, and both ways to go on', () => {
    expect(readable(renderLastRunRolledBack({ last, lastGood: EARLY }))).toBe(
      told(
        '*New checkout was not started: its last run was rolled back.*',
        'new-checkout#3 was rolled back from 50 % to 0 %: Error rate 12 % is over its limit 5 %',
        '2026-11-24 19:19 UTC · <@ULEA> has it',
        'The cause is gone: begins at the first stage again. `/rollout start new-checkout again`',
        'It was a false alarm: begins with 10 % · Early access, its last good stage, when somebody else approves. `/rollout start new-checkout false-alarm &lt;reason&gt;`',
        '[ Start again ]',
        '[ It was a false alarm… ]',
      ),
    );
  });

  test('the buttons carry the plan and the run that was shown', () => {
    const values = buttonsIn(renderLastRunRolledBack({ last, lastGood: EARLY })).map((button) => [
      button.action_id,
      JSON.parse(button.value ?? ''),
    ]);
    expect(values).toEqual([
      ['rollout_start', { plan: 'new-checkout', run: 3, as: 'again' }],
      ['rollout_start', { plan: 'new-checkout', run: 3, form: 'false_alarm' }],
    ]);
  });

  test('with no stage that had passed there is no way back in by a false alarm', () => {
    const shown = renderLastRunRolledBack({ last, lastGood: null });
    expect(readable(shown)).toContain(
      'In that run no stage had finished its bake, so a new run begins at the first stage.',
    );
    expect(readable(shown)).not.toContain('false');
    expect(buttonsIn(shown).length).toBe(1);
  });

  test('a note that was typed goes on with the new run: in the button, cut, and in the command', () => {
    const start = (note: string) => {
      const shown = renderLastRunRolledBack({ last, lastGood: null, note });
      return { said: readable(shown), value: JSON.parse(buttonsIn(shown)[0]?.value ?? '') };
    };
    expect(start('v2 with the fix').said).toContain('`/rollout start new-checkout again v2 with the fix`');
    expect(start('v2 with the fix').value).toEqual({
      plan: 'new-checkout',
      run: 3,
      as: 'again',
      note: 'v2 with the fix',
    });
    const long = start('🚀'.repeat(400)).value.note;
    expect(long.length).toBeLessThanOrEqual(300);
    expect(long.isWellFormed()).toBe(true);
  });

  test('while nobody has it, says so', () => {
    expect(
      readable(renderLastRunRolledBack({ last: { ...last, alerts: { ...last.alerts, haveIt: [] } }, lastGood: null })),
    ).toContain('nobody has it yet');
  });
});

describe('the plans', () => {
  const good = { name: 'a', title: 'A', file: 'a.yml', stages: '10, 50, 100 %', missing: null };

  test('broken ones first, three problems each with file, line and column; then those that can be started', () => {
    const problems = [1, 2, 3, 4, 5].map((line) => `b.yml:${line}:3 stages[0].bake: expected a duration`);
    const missing = 'FLAGS_URL is not set';
    const shown = renderPlans({
      good: [good, { ...good, name: 'c', title: 'C', file: 'c.yml', missing }],
      broken: [{ file: 'b.yml', problems }],
    });
    expect(readable(shown)).toBe(
      told(
        '*2 plans, 1 broken file*',
        '✖ *Broken* `b.yml`, it cannot be started',
        '• b.yml:1:3 stages[0].bake: expected a duration',
        '• b.yml:2:3 stages[0].bake: expected a duration',
        '• b.yml:3:3 stages[0].bake: expected a duration',
        'and 2 more problems',
        '*A* · 10, 50, 100 % · `a.yml` · `/rollout start a`',
        '○ *C* · 10, 50, 100 % · `c.yml` · not ready: FLAGS_URL is not set',
      ),
    );
  });

  test('a file is called by its name alone, in its problems as well', () => {
    const file = '/srv/rollout/plans/b.yml';
    const said = readable(renderPlans({ good: [{ ...good, file }], broken: [{ file, problems: ['b.yml:1:3 x'] }] }));
    expect(said).toContain('*Broken* `b.yml`, it cannot be started\n• b.yml:1:3 x\n');
    expect(said).not.toContain('/srv');
  });

  test('of many it says how many more there are', () => {
    const broken = Array.from({ length: 7 }, () => ({ file: 'b.yml', problems: ['b.yml:1:1 x'] }));
    const said = readable(renderPlans({ good: Array.from({ length: 20 }, () => good), broken }));
    expect(said).toContain('\nand 2 more broken files\n');
    expect(said).toMatch(/\nand 5 more plans$/);
  });

  test('none says what a plan is', () => {
    expect(readable(renderPlans({ good: [], broken: [] }))).toBe(
      'There is no plan. A plan is a file in the plans folder; `/rollout help`',
    );
  });
});

test('called without a rollout being meant: what it is in two lines, and three commands to try', () => {
  expect(readable(renderExplain({ plans: ['checkout', 'search'], botName: 'rollout' }))).toBe(
    told(
      '*I take a change to all of production in stages.* I watch each one before the next, and roll back by myself when a check goes over its limit.',
      'Where the plan says so, people approve a stage; who did what is on record.',
      '`/rollout list` shows what is rolling out',
      '`/rollout start checkout` begins one: it reads everything, then asks',
      '`/rollout help` shows what you can do here, as does `@rollout help`',
    ),
  );
  expect(readable(renderExplain({ plans: [] }))).toContain('`/rollout plans` shows why no plan can be started');
});
