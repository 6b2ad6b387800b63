import { expect, test } from 'vitest';
import { links } from '../../src/slack/words/phrases/commands.js';
import { rolloutAt } from '../support/rollouts.js';

const PLAN = { dashboard: 'https://graphs.example/d', 'pull-request': 'https://git.example/shop/pull/1' };

function shown(note: string, of: Readonly<Record<string, string>> = {}): string {
  const rollout = rolloutAt('baking');
  return links({ ...rollout, note, plan: { ...rollout.plan, links: of } });
}

test.each([
  ['numbers look good', ''],
  ['', ''],
  ['https://git.example/shop/pull/12', '<https://git.example/shop/pull/12|Change>'],
  ['HTTPS://git.example/x', '<https://git.example/x|Change>'],
  ['release 4.2 (see https://git.example/shop/pull/12).', '<https://git.example/shop/pull/12|Change>'],
  ['SHOP-12: https://tickets.example/SHOP-12, numbers look good', '<https://tickets.example/SHOP-12|Change>'],
  ['<https://git.example/pull/12>', '<https://git.example/pull/12|Change>'],
  ['<https://git.example/pull/12|pull 12>', '<https://git.example/pull/12|Change>'],
  ['“https://git.example/pull/12”', '<https://git.example/pull/12|Change>'],
  ['https://git.example/?a=1&b=2#c', '<https://git.example/?a=1&amp;b=2#c|Change>'],
  ['https://me:secret@git.example/x', '<https://git.example/x|Change>'],
  ['https://a.example/1 and https://b.example/2', '<https://a.example/1|Change>'],
  ['ftp://files.example/x', ''],
  ['see git.example/x', ''],
  ['https://', ''],
  ['https://...', ''],
])('the change named in the note %j is linked as %j', (note, words) => {
  expect(shown(note)).toBe(words);
});

test('the change comes first, from the note and then from the plan', () => {
  expect(shown('numbers look good', PLAN)).toBe(
    '<https://git.example/shop/pull/1|Pull request> · <https://graphs.example/d|Dashboard>',
  );
  expect(shown('https://git.example/shop/pull/12', PLAN)).toBe(
    '<https://git.example/shop/pull/12|Change> · <https://git.example/shop/pull/1|Pull request> · <https://graphs.example/d|Dashboard>',
  );
});
