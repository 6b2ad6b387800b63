import { describe, expect, test } from 'vitest';
import { PLACEHOLDERS } from '../../src/rollout/plan/placeholders.js';
import { TEMPLATES, type Template } from '../../src/rollout/plan/plan.js';
import type { Message } from '../../src/rollout/state/effects.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { renderMessage } from '../../src/slack/words/messages/index.js';
import { alertOf, NOW, NUMBERS, OPAL, PLAN, requestFor, rollbackFrom, rolloutAt } from '../support/rollouts.js';
import { at, buttonsIn, LINKS, readable } from './readable.js';

const bake = {
  stageNo: 2,
  wallMs: 7_200_000,
  observedMs: 14_400_000,
  issues: { opened: 0, closed: 0 },
  numbers: NUMBERS,
  passedAt: NOW,
};
const POSTS: Readonly<Record<Template, readonly [Message, Rollout]>> = {
  approval_request: [
    { template: 'approval_request', request: requestFor(), outcome: { kind: 'open' } },
    rolloutAt('awaiting_approval'),
  ],
  stage_start: [
    { template: 'stage_start', stageNo: 2, exposure: 50, bakeMs: 14_400_000, at: NOW },
    rolloutAt('baking'),
  ],
  stage_complete: [{ template: 'stage_complete', attempt: 1, ...bake }, rolloutAt('ready')],
  alert: [alertOf(), rolloutAt('baking')],
  incident: [
    { template: 'incident', rollback: rollbackFrom(50), tookMs: null, exposure: null },
    rolloutAt('rolling_back'),
  ],
  completed: [{ template: 'completed', ...bake, stageNo: 3, unwatched: null }, rolloutAt('completed')],
};

function shown(template: Template, words?: string, post = POSTS[template]) {
  const [message, rollout] = post;
  const plan = words === undefined ? PLAN : { ...PLAN, templates: { [template]: words } };
  return renderMessage(message, at({ ...rollout, plan }));
}

const lines = (template: Template, words?: string, post = POSTS[template]): string[] =>
  readable(shown(template, words, post)).split('\n');

describe('a plan’s own first words', () => {
  test.each(['stage_start', 'stage_complete', 'completed'] as const)(
    'of %s take the place of the first line, and of nothing else',
    (template) => {
      expect(lines(template, 'Ours: {{title}} {{percent}} {{duration}}').slice(1)).toEqual(lines(template).slice(1));
      expect(lines(template, 'Ours: {{title}}')[0]).toMatch(/^Ours: New checkout \((?:50|100) %(?:, after 2 h)?\)$/);
      expect(buttonsIn(shown(template, 'Ours'))).toEqual(buttonsIn(shown(template)));
    },
  );

  test('of an alert stand above the built-in first line, which stays true', () => {
    expect(lines('alert', 'All is well')).toEqual(['All is well', ...lines('alert')]);
  });

  test.each(['incident', 'approval_request'] as const)(
    'of %s stand under the built-in first line: nothing hides or turns round what is so',
    (template) => {
      const [first = '', ...rest] = lines(template);
      expect(lines(template, 'All is well')).toEqual([first, 'All is well', ...rest]);
    },
  );

  test.each([
    ['a decided request', 'approval_request', { outcome: { kind: 'expired', at: NOW } }],
    ['an alert that is over', 'alert', alertOf({ closed: { at: NOW, value: 0.3, how: 'over' } })],
    ['a rollout that was ended early', 'completed', { unwatched: { by: OPAL, reason: 'enough', exposure: 50 } }],
  ] as const)('are not said of %s', (_, template, more) => {
    const [message, rollout] = POSTS[template];
    const post = [{ ...message, ...more } as Message, rollout] as const;
    expect(lines(template, 'Ours', post)).toEqual(lines(template, undefined, post));
  });

  test.each(TEMPLATES.flatMap((template) => PLACEHOLDERS[template].map((name) => [template, name] as const)))(
    'of %s: {{%s}} is filled in',
    (template, name) => {
      const first = lines(template, `[{{${name}}}] {{ ${name} }}`).find((line) => line.startsWith('[')) ?? '';
      expect(first).toMatch(/^\[[^[\]{}]+\] [^{}]+$/);
      expect(first).not.toMatch(/undefined|null|NaN/);
    },
  );

  test('have the numbers people want to see', () => {
    const words =
      '{{rollout}} {{share}} {{stage}} {{stage_title}} {{bake}} {{dashboard}} · {{runbook}} {{rollback_command}}';
    expect(lines('stage_start', words)[0]).toBe(
      `new-checkout#1 1 in 2 users half Half 4 h ${LINKS} \`/rollout rollback new-checkout\``,
    );
    expect(lines('alert', '{{check}} {{value}} {{limit}} {{exposure}}')[0]).toBe('Error rate 1.8 % 1 % 50 %');
    expect(lines('incident', '{{from}} {{to}} {{cause}}')[1]).toBe('50 % 0 % Error rate 12 % is over its limit 5 %');
    expect(lines('stage_complete', '{{exposure}} {{to}} {{advance_command}}')[0]).toBe(
      '50 % 100 % `/rollout advance new-checkout` (after 2 h)',
    );
    const more = '{{stage_number}} of {{stages}}, {{duration}}, {{issues}}, {{contact}}, next {{next}}';
    expect(lines('stage_complete', more)[0]).toBe(
      '2 of 3, 2 h, Issues: none, engineering-lead, next 100 % · Everyone, needs engineering-lead (50 %)',
    );
  });

  test('mention, link and hide nothing, but may be bold; a page that the plan does not name is said not to be', () => {
    const words = '*Hi* <!channel> <@UEVIL> <https://evil.example|x> `code` {{dashboard}}';
    const [message, rollout] = POSTS.stage_start;
    const plan = { ...PLAN, links: {}, templates: { stage_start: words } };
    expect(readable(renderMessage(message, at({ ...rollout, plan }))).split('\n')[0]).toBe(
      "*Hi* &lt;!channel&gt; &lt;@UEVIL&gt; &lt;https://evil.example|x&gt; 'code' no dashboard named (50 %)",
    );
  });

  test.each([
    ['stage_start', 'Go', 'Go (50 %)'],
    ['stage_start', '{{share}}', '1 in 2 users'],
    ['stage_start', '{{exposure}}', '50 %'],
    ['stage_start', '{{ percent }}', '50 %'],
    ['stage_complete', 'Done', 'Done (50 %, after 2 h)'],
    ['stage_complete', '{{duration}}', '2 h (50 %)'],
    ['stage_complete', '{{percent}} {{duration}}', '50 % 2 h'],
    ['completed', 'Done', 'Done (100 %, after 2 h)'],
    ['completed', '{{share}} in {{duration}}', 'every user in 2 h'],
  ] as const)('of %s that say “%s” still say how many have it and how long it took: %s', (template, words, first) => {
    expect(lines(template, words)[0]).toBe(first);
  });

  test('a value that looks like a placeholder is not filled in a second time', () => {
    const [message, rollout] = POSTS.stage_start;
    const plan = { ...PLAN, title: '{{runbook}}', templates: { stage_start: '{{title}}' } };
    expect(readable(renderMessage(message, at({ ...rollout, plan }))).split('\n')[0]).toBe('{{runbook}} (50 %)');
  });
});
