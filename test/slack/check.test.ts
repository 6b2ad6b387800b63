import { expect, test } from 'vitest';
import { renderCheck } from '../../src/slack/words/messages/index.js';
import { NOW, rolloutAt, watchAt } from '../support/rollouts.js';
import { readable, told } from './readable.js';

const fine = (name: string, value: number) => ({ name, value, verdict: 'pass' as const, why: null });
const READINGS = [fine('error-rate', 0.31), fine('p95-latency', 412), fine('login-success', 99.6), fine('memory', 4)];

function check(more: Partial<Parameters<typeof renderCheck>[0]>): string {
  const rollout = rolloutAt('baking');
  return readable(renderCheck({ rollout, watch: watchAt(), now: NOW, readings: READINGS, recorded: true, ...more }));
}

test('checked now: how many are fine, each number with its unit and limits, the bake', () => {
  expect(check({})).toBe(
    told(
      '*Checked now: 4 of 4 fine* · New checkout',
      'Error rate 0.31 % ↘ (warn 1, limit 5)',
      'p95 latency 412 ms (warn 600, limit 1,000)',
      'Login success 99.6 % ↗ (warn 98, min 95)',
      'Memory 4 % (warn 50, limit 100)',
      '*Bake* 1 h 12 m of 4 h · ends 22:07 UTC',
      'At 19:19:20 UTC · 50 %, baking · `/rollout why new-checkout`',
    ),
  );
});

test('not watched: read once, and nothing of it is recorded or counted', () => {
  const said = check({ rollout: rolloutAt('awaiting_approval'), watch: null, recorded: false });
  expect(said).toContain('\nNot watched now: read once, nothing recorded');
  expect(said).not.toContain('*Bake*');
});

test('what is not fine comes first and says so in words, with why', () => {
  const lost = { name: 'memory', value: null, verdict: 'unknown', why: { kind: 'said', text: 'timeout' } } as const;
  const over = { name: 'error-rate', value: 12, verdict: 'critical', why: null } as const;
  const target = { name: '@target', value: null, verdict: 'unknown', why: { kind: 'said', text: 'no route' } } as const;
  expect(
    check({ readings: [...READINGS.slice(1, 3), lost, over, target], watch: null })
      .split('\n')
      .slice(0, 6),
  ).toEqual([
    '*Checked now: 2 of 4 fine, 1 critical, 1 unknown* · New checkout',
    '✖ *Over limit* Error rate 12 % (warn 1, limit 5)',
    '○ *No data* Memory (timeout)',
    'p95 latency 412 ms (warn 600, limit 1,000)',
    'Login success 99.6 % (warn 98, min 95)',
    '○ *No data* the targets (no route)',
  ]);
});

test('one bad number with none before it is called unsure, not missing', () => {
  const readings = [{ name: 'error-rate', value: 12, verdict: 'unknown', why: null } as const];
  expect(check({ readings })).toContain('○ *Unsure yet* Error rate 12 %');
});
