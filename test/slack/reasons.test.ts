import { expect, test } from 'vitest';
import { REASONS } from '../../src/rollout/plan/reasons.js';
import { renderMessage, renderRefusal } from '../../src/slack/words/messages/index.js';
import { heldFor, NOW, rollbackFrom, rolloutAt } from '../support/rollouts.js';
import { readable } from './readable.js';

function live(rollout: ReturnType<typeof rolloutAt>): string {
  return readable(renderMessage({ template: 'live' }, { rollout, watch: null, now: NOW, lowering: null, byHand: [] }));
}

test('every reason has its own words, and none shows its code where people read a sentence', () => {
  const sentences = REASONS.map((reason) => {
    const refusal = { reason, conditions: [] };
    const said = readable(renderRefusal({ refusal, verb: 'advance', rollout: null, watch: null, now: NOW }));
    expect(said).not.toContain(`\`${reason}\``);
    return said.split('\n')[1] ?? '';
  });
  expect(new Set(sentences).size).toBe(REASONS.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z][^_]+\.$/);
});

test.each(REASONS)('held because of %s is said in words', (cause) => {
  const held = heldFor({ cause, note: '', by: { kind: 'bot' } });
  const line =
    live(rolloutAt('held', { held }))
      .split('\n')
      .find((each) => each.startsWith('*Paused*')) ?? '';
  expect(line).toMatch(/^\*Paused\* (?:since 2026-11-24 19:19 UTC: [A-Za-z][^_]{4,}|by rollout-bot since .+)$/);
});

test.each([...REASONS, 'person'] as const)('rolled back because of %s is said in words', (reason) => {
  const rollback = rollbackFrom(50, { cause: { reason, by: { kind: 'bot' }, note: '' } });
  const line =
    live(rolloutAt('rolling_back', { rollback }))
      .split('\n')
      .find((each) => each.startsWith('*Why*')) ?? '';
  expect(line).toMatch(/^\*Why\* [A-Za-z][^_]{4,}$/);
});
