import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../sandbox/slack/block-kit.js';
import { validateView } from '../../sandbox/slack/view-kit.js';
import { PHASES } from '../../src/rollout/state/rollout.js';
import { type MessageContext, renderMessage, withNote } from '../../src/slack/words/messages/index.js';
import { NOW, PLAN, rolloutAt, stage, watchAt } from '../support/rollouts.js';
import { everyMessage } from './every-message.js';
import { everyView } from './every-view.js';
import { readable } from './readable.js';

const HUGE = { checks: 100, stages: 50 };
const WORDS = {
  ordinary: 'Checkout of the shop',
  'made five times as long by escaping': '&<>'.repeat(200),
  'of four bytes a letter': '🚀'.repeat(400),
  empty: '',
};

describe.each(Object.entries(WORDS))('with words that are %s', (_, words) => {
  const all = everyMessage(words, HUGE);
  test.each(Object.keys(all))('%s of a plan with 50 stages and 100 checks is taken by Slack', (kind) => {
    const rendered = all[kind]?.();
    expect(validateBlocks(rendered?.blocks, 'message')).toEqual([]);
    expect(rendered?.text.length).toBeGreaterThan(0);
    const json = JSON.stringify(rendered);
    expect(json.length).toBeLessThanOrEqual(9_000);
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(14_000);
  });

  const once = Object.keys(all).filter((kind) => kind !== 'noted');
  test.each(once)('%s with a note on top is taken too', (kind) => {
    const rendered = all[kind]?.() ?? NONE;
    const more = withNote(rendered, NOTE);
    expect(validateBlocks(more.blocks, 'message')).toEqual([]);
    expect(JSON.stringify(more).length).toBeLessThanOrEqual(9_000);
    expect(Buffer.byteLength(JSON.stringify(more))).toBeLessThanOrEqual(14_000);
    expect(more.text).toContain('I cannot post in');
  });

  const views = everyView(words, HUGE);
  test.each(Object.keys(views))('%s is taken by Slack', (kind) => {
    const view = views[kind]?.();
    expect(validateView(view)).toEqual([]);
    expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThanOrEqual(250_000);
    expect(view?.blocks.length).toBeGreaterThan(0);
    expect(view?.blocks.length).toBeLessThanOrEqual(100);
  });
});

const NONE = { text: '', blocks: [] };
const NOTE = `I cannot post in <#CSHOP>: ${'it is archived '.repeat(40)}`;

const live = (ctx: Partial<MessageContext> & Pick<MessageContext, 'rollout'>): string =>
  readable(renderMessage({ template: 'live' }, { watch: null, now: NOW, lowering: null, byHand: [], ...ctx }));

test('of many stages the neighbours of the current one are kept and the rest is counted', () => {
  const stages = Array.from({ length: 50 }, (_, i) => stage(i + 1, 2 * (i + 1)));
  const rollout = rolloutAt('baking', { plan: { ...PLAN, stages }, stage: { no: 25 }, exposure: { confirmed: 50 } });
  expect(live({ rollout }).split('\n').slice(2, 4)).toEqual([
    '✔ Done 44 %, 46 %, 48 % and 21 more \u2003▶ Now 50 % · Stage 25',
    '○ Then 52 %, 54 % and 22 more, last 100 %',
  ]);
});

test('of many checks the worst come first and the rest is counted', () => {
  const checks = Array.from({ length: 100 }, (_, i) => ({ ...PLAN.checks[0], name: `c${i}`, title: `C${i}` }));
  const verdicts = Object.fromEntries(
    checks.map(({ name }, i) => [name, i === 97 ? ('critical' as const) : ('pass' as const)]),
  );
  const rollout = rolloutAt('baking', {
    health: { verdicts, numbers: { c97: 12 } },
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
  const said = readable(everyMessage('&'.repeat(300), HUGE).list?.() ?? NONE);
  expect(said).toMatch(/and \d+ more lines$/);
});

test('a history that is too long loses what happened first, never what happened last', () => {
  const said = readable(everyMessage('&'.repeat(300), HUGE).history?.() ?? NONE).split('\n');
  expect(said[1]).toMatch(/^… \d+ earlier$/);
  const [newest, later, earlier] = said.slice(-3);
  expect(newest).toMatch(/^29 · /);
  expect(later).toMatch(/^… 71 later$/);
  expect(earlier).toBe('[ Earlier (27) ]');
});

test('a note that is too long is cut, but never inside a mention or an entity', () => {
  const cut = (end: string): string => {
    const rendered = withNote({ text: 'x', blocks: [] }, `${'n'.repeat(316)}${end}`);
    return readable(rendered);
  };
  expect(cut('<@UOPAL> is here')).toBe(`${'n'.repeat(316)}…`);
  expect(cut('&amp;&amp;')).toBe(`${'n'.repeat(316)}…`);
});

// A phone in portrait shows about 40 letters of a message a line, four buttons in two rows.
test.each(PHASES)('the live message in %s with four checks has no more than 22 lines on a phone', (phase) => {
  const lines = live({ rollout: rolloutAt(phase), watch: watchAt() }).split('\n');
  const shown = lines.map((line) => Math.ceil(line.replaceAll(/<[^|>]+\|([^>]+)>|[*`]/g, '$1').length / 40));
  expect(shown.reduce((sum, count) => sum + count, 1)).toBeLessThanOrEqual(22);
});

test('the statement for screen readers has every line, without marks and with times in words', () => {
  const ctx = { rollout: rolloutAt('baking'), watch: watchAt(), now: NOW, lowering: null, byHand: [] };
  const { text } = renderMessage({ template: 'live' }, ctx);
  expect(text.replaceAll('\u00a0', ' ').split('\n')).toEqual(
    readable(renderMessage({ template: 'live' }, ctx))
      .replace(/^[▓░]+ /m, 'Bake: ')
      .replaceAll(/<[^|>]+\|([^>]+)>/g, '$1')
      .replaceAll('*', '')
      .split('\n')
      .slice(0, -1),
  );
  expect(text).not.toMatch(/<!date|\*|`/);
});

test('the same state is the same message, so that an edit can be skipped', () => {
  const render = () => [...Object.values(everyMessage('x')), ...Object.values(everyView('x'))].map((make) => make());
  expect(render()).toEqual(render());
});
