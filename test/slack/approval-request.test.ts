import { describe, expect, test } from 'vitest';
import { renderMessage } from '../../src/slack/messages/index.js';
import { LEA, NOW, OPAL, requestFor, rolloutAt } from '../support/rollouts.js';
import { at, NUMBERS_LINE, readable, told } from './readable.js';

describe('the approval request', () => {
  test('says the move, who asked, the health, who may, and until when', () => {
    const message = { template: 'approval_request', request: requestFor(), outcome: { kind: 'open' } } as const;
    expect(readable(renderMessage(message, at(rolloutAt('awaiting_approval'))))).toBe(
      told(
        '*10 % → 50 %* · New checkout',
        'Asked by <@UOPAL>: “numbers look good”',
        'Health when asked: 4 of 4 fine, baked 4 h',
        NUMBERS_LINE,
        'Who may: engineering-lead (<!subteam^SLEAD>), not <@UOPAL> · 0 of 1',
        'Expires 2026-11-25 19:19 UTC · plan 3f9c1e',
        '[ Approve ] [ Deny ]',
      ),
    );
  });

  test('shows a warning that stands when it is asked', () => {
    const request = requestFor({ verdicts: { 'error-rate': 'warning' }, numbers: { memory: 4, 'error-rate': 1.8 } });
    const message = { template: 'approval_request', request, outcome: { kind: 'open' } } as const;
    expect(readable(renderMessage(message, at(rolloutAt('awaiting_approval'))))).toContain(
      '*Warning* Error rate 1.8 % (limit 5)',
    );
  });

  test('a quorum of several names how many and what it has', () => {
    const rollout = rolloutAt('awaiting_approval');
    const approve = { kind: 'any', count: 2, roles: ['qa', 'sre'] } as const;
    const stages = rollout.plan.stages.map((stage) => ({ ...stage, approve }));
    const people = { qa: [{ kind: 'user', id: 'ULEA' }], sre: [{ kind: 'group', id: 'SSRE' }] } as const;
    const votes = [{ teamId: 'T1', userId: 'ULEA', roles: ['qa'], at: NOW }];
    const message = {
      template: 'approval_request',
      request: requestFor({ votes }),
      outcome: { kind: 'open' },
    } as const;
    const ctx = at({ ...rollout, plan: { ...rollout.plan, stages }, people });
    const said = readable(renderMessage(message, ctx));
    expect(said).toContain('Who may: 2 of qa (<@ULEA>) or sre (<!subteam^SSRE>), not <@UOPAL> · 1 of 2');
    expect(said).toContain('Approved so far: <@ULEA> (qa)');
  });

  test.each([
    ['granted', { kind: 'granted' }, '✔ *Approved* by <@ULEA> at 19:19 UTC (1 of 1)'],
    ['denied', { kind: 'denied', by: LEA, reason: 'friday', at: NOW }, '✖ *Denied* by <@ULEA> at 19:19 UTC: “friday”'],
    [
      'void',
      { kind: 'void', reason: 'health_worse', detail: 'Error rate became warning', at: NOW },
      '✖ *Void* since 19:19 UTC: health became worse than it was when this was asked (Error rate became warning)',
    ],
    [
      'expired',
      { kind: 'expired', at: NOW },
      '✖ *Expired* at 19:19 UTC: nobody decided. Ask again: `/rollout advance new-checkout`',
    ],
    ['withdrawn', { kind: 'withdrawn', by: OPAL, at: NOW }, '✖ *Withdrawn* at 19:19 UTC: <@UOPAL> paused the rollout'],
  ] as const)('%s: it says so in place, mentions no role again and has no buttons', (_, outcome, line) => {
    const votes =
      outcome.kind === 'granted' ? [{ teamId: 'T1', userId: 'ULEA', roles: ['engineering-lead'], at: NOW }] : [];
    const message = { template: 'approval_request', request: requestFor({ votes }), outcome } as const;
    const said = readable(renderMessage(message, at(rolloutAt('ready'))));
    expect(said.split('\n')[1]).toBe(line);
    expect(said).not.toMatch(/subteam|Approve ]/);
  });
});
