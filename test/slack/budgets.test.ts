import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../sandbox/slack/block-kit.js';
import { PHASES } from '../../src/rollout/rollout.js';
import { type MessageContext, renderMessage } from '../../src/slack/messages/index.js';
import { NOW, PLAN, rolloutAt, stage, watchAt } from '../support/rollouts.js';
import { everyMessage } from './every-message.js';
import { readable } from './readable.js';

const HUGE = { checks: 100, stages: 50 };
const WORDS = {
  ordinary: 'Checkout of the shop',
  'made five times as long by escaping': '&<>'.repeat(200),
  'of four bytes a letter': '🚀'.repeat(400),
  empty: '',
};

describe.each(Object.entries(WORDS))('with words that are %s', (_, words) => {
  const all = { ...everyMessage(words, HUGE) };
  test.each(Object.keys(all))('%s of a plan with 50 stages and 100 checks is taken by Slack', (kind) => {
    const rendered = all[kind]?.();
    expect(validateBlocks(rendered?.blocks, 'message')).toEqual([]);
    expect(rendered?.text.length).toBeGreaterThan(0);
    const json = JSON.stringify(rendered);
    expect(json.length).toBeLessThanOrEqual(9_000);
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(14_000);
  });
});

const live = (ctx: Partial<MessageContext> & Pick<MessageContext, 'rollout'>): string =>
  readable(renderMessage({ template: 'live' }, { watch: null, now: NOW, lowering: null, byHand: [], ...ctx }));

test('of many stages the neighbours of the current one are kept and the rest is counted', () => {
  const stages = Array.from({ length: 50 }, (_, i) => stage(i + 1, 2 * (i + 1)));
  const rollout = rolloutAt('baking', { plan: { ...PLAN, stages }, stageNo: 25, confirmed: 50 });
  expect(live({ rollout }).split('\n').slice(1, 4)).toEqual([
    '✔ Done 44 %, 46 %, 48 % and 21 more',
    '▶ Now 50 % Stage 25',
    '○ Then 52 % Stage 26, 54 %, 56 % and 22 more',
  ]);
});

test('of many checks the worst come first and the rest is counted', () => {
  const checks = Array.from({ length: 100 }, (_, i) => ({ ...PLAN.checks[0], name: `c${i}`, title: `C${i}` }));
  const verdicts = Object.fromEntries(
    checks.map(({ name }, i) => [name, i === 97 ? ('critical' as const) : ('pass' as const)]),
  );
  const rollout = rolloutAt('baking', {
    ...{ verdicts, numbers: { c97: 12 } },
    plan: { ...PLAN, checks: checks.map(complete) },
  });
  const said = live({ rollout });
  expect(said).toContain('*Health* 99 of 100 fine, 1 critical\n✖ *Over limit* C97 12 % (warn 1, limit 5)\nC0');
  expect(said).toContain('and 92 more, all fine');
});

function complete(check: { name: string; title: string }) {
  return {
    unit: '%',
    probe: { kind: 'memory', name: check.name } as const,
    warning: LIMIT(1),
    critical: LIMIT(5),
    ...check,
  };
}

function LIMIT(value: number) {
  return { op: 'above', value } as const;
}

test('cutting a section says how many lines are missing', () => {
  const said = readable(everyMessage('&'.repeat(300), HUGE).history?.() ?? { text: '', blocks: [] });
  expect(said).toMatch(/and \d+ more lines$/);
});

// A phone in portrait shows about 40 letters of a message a line, four buttons in two rows.
test.each(PHASES)('the live message in %s with four checks has no more than 22 lines on a phone', (phase) => {
  const lines = live({ rollout: rolloutAt(phase), watch: watchAt() }).split('\n');
  const shown = lines.map((line) => Math.ceil(line.replaceAll(/[*`]/g, '').length / 40));
  expect(shown.reduce((sum, count) => sum + count, 1)).toBeLessThanOrEqual(22);
});

test('the statement for screen readers has every line, without marks and with times in words', () => {
  const ctx = { rollout: rolloutAt('baking'), watch: watchAt(), now: NOW, lowering: null, byHand: [] };
  const { text } = renderMessage({ template: 'live' }, ctx);
  expect(text.replaceAll('\u00a0', ' ').split('\n')).toEqual(
    readable(renderMessage({ template: 'live' }, ctx))
      .replaceAll('*', '')
      .split('\n')
      .slice(0, -1),
  );
  expect(text).not.toMatch(/<!date|\*|`/);
});

test('the same state is the same message, so that an edit can be skipped', () => {
  const render = () => Object.values(everyMessage('x')).map((message) => message());
  expect(render()).toEqual(render());
});
