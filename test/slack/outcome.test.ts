import { expect, test } from 'vitest';
import type { Message } from '../../src/rollout/state/effects.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { renderMessage } from '../../src/slack/words/messages/index.js';
import { LEA, NOW, OPAL, requestFor, rolloutAt } from '../support/rollouts.js';
import { at, buttonsIn, readable, told } from './readable.js';

type Outcome = Extract<Message, { template: 'outcome' }>['outcome'];

const VOTES = [{ teamId: 'T1', userId: 'ULEA', roles: ['engineering-lead'], at: NOW }];

function outcome(of: Outcome, rollout: Rollout, id = '12.100') {
  const request = requestFor({ id, votes: of.kind === 'granted' ? VOTES : [] });
  return renderMessage({ template: 'outcome', request, outcome: of }, at(rollout));
}

test('granted: by whom, what happens now, and where it was asked; nothing to click', () => {
  const shown = outcome({ kind: 'granted' }, rolloutAt('applying'));
  expect(readable(shown)).toBe(
    told(
      '*10 % → 50 %* · New checkout',
      '✔ *Approved* by <@ULEA> at 19:19 UTC (1 of 1)',
      'Going to 50 % now; the thread says when it is read back.',
      'You asked for this in <#CSHOP>',
    ),
  );
  expect(buttonsIn(shown)).toEqual([]);
});

test('told late, it says what is true by now', () => {
  const said = readable(outcome({ kind: 'granted' }, rolloutAt('rolling_back'), '12.99'));
  expect(said).toContain('\nIt is rolling back at 50 %. More: `/rollout why new-checkout`\n');
  expect(said).not.toContain('Going to');
});

test.each([
  [
    { kind: 'denied', by: LEA, reason: 'friday', at: NOW },
    'ready',
    '✖ *Denied* by <@ULEA> at 19:19 UTC: “friday”',
    'It is ready at 50 %. To ask again: `/rollout advance new-checkout`',
  ],
  [
    {
      kind: 'void',
      reason: 'health_worse',
      detail: { kind: 'check', check: 'error-rate', verdict: 'warning', value: null },
      at: NOW,
    },
    'held',
    '✖ *No longer valid* since 19:19 UTC: health became worse than it was when this was asked (Error rate is warning)',
    'It is paused at 50 %. To go on: `/rollout resume new-checkout`',
  ],
  [
    { kind: 'expired', at: NOW },
    'baking',
    '✖ *Expired* at 19:19 UTC: nobody decided',
    'It is baking at 50 %. More: `/rollout why new-checkout`',
  ],
  [
    { kind: 'withdrawn', by: OPAL, at: NOW },
    'completed',
    '✖ *Withdrawn* at 19:19 UTC: <@UOPAL> paused the rollout',
    'This run is over, complete at 100 %.',
  ],
  [
    { kind: 'taken_back', by: LEA, at: NOW },
    'held',
    '✖ *Approval withdrawn* by <@ULEA> at 19:19 UTC; the move was called back',
    'It is paused at 50 %. To go on: `/rollout resume new-checkout`',
  ],
] as const)('$0.kind: why, how it stands, and the command that helps', (of, phase, why, next) => {
  expect(
    readable(outcome(of, rolloutAt(phase)))
      .split('\n')
      .slice(1, 3),
  ).toEqual([why, next]);
});

test('of an override it says so', () => {
  const request = requestFor({ override: { observedMs: 720_000, neededMs: 14_400_000 } });
  const message = { template: 'outcome', request, outcome: { kind: 'expired', at: NOW } } as const;
  expect(readable(renderMessage(message, at(rolloutAt('baking'))))).toContain(
    'You asked for an override: the bake is not over, 12 m of 4 h',
  );
});
