import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/rollout/state/effects.js';
import type { ApprovalRequest, Rollout } from '../../src/rollout/state/rollout.js';
import { renderMessage } from '../../src/slack/words/messages/index.js';
import { LEA, NOW, OPAL, requestFor, rolloutAt } from '../support/rollouts.js';
import { at, buttonNamed, buttonsIn, LINKS, readable, told } from './readable.js';

/** Every number with all its limits. */
const NUMBER_LINES = [
  'Error rate 0.31 % (warn 1, limit 5)',
  'p95 latency 412 ms (warn 600, limit 1,000)',
  'Login success 99.6 % (warn 98, min 95)',
  'Memory 4 % (warn 50, limit 100)',
];

describe('the approval request', () => {
  test('says the move, who asked, the health, who may, and until when', () => {
    const message = { template: 'approval_request', request: requestFor(), outcome: { kind: 'open' } } as const;
    expect(readable(renderMessage(message, at(rolloutAt('awaiting_approval'))))).toBe(
      told(
        '🔵 *Approval needed* · *10 % → 50 %* · New checkout',
        'Asked by <@UOPAL>: “numbers look good”',
        'Health when asked: 4 of 4 fine, baked 4 h',
        ...NUMBER_LINES,
        LINKS,
        'Who may: engineering-lead (<!subteam^SLEAD>), not <@UOPAL> · 0 of 1',
        'Approve: it goes to 50 % at once, if the checks still hold',
        'Expires 2026-11-25 19:19 UTC',
        '[ Approve ] [ Deny ]',
      ),
    );
  });

  test('shows a warning that stands when it is asked', () => {
    const request = requestFor({ verdicts: { 'error-rate': 'warning' }, numbers: { memory: 4, 'error-rate': 1.8 } });
    const message = { template: 'approval_request', request, outcome: { kind: 'open' } } as const;
    expect(readable(renderMessage(message, at(rolloutAt('awaiting_approval'))))).toContain(
      '*Warning* Error rate 1.8 % (warn 1, limit 5)',
    );
  });

  test('every number has its age, those that people reported say by whom, and one that is gone says so', () => {
    const earlier = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);
    const readings = {
      'error-rate': { value: 0.31, at: earlier(20) },
      'p95-latency': { value: 412, at: null },
      'login-success': { value: 99.6, at: earlier(10_800), by: LEA },
    };
    const request = requestFor({ readings, verdicts: { ...requestFor().verdicts, 'p95-latency': 'unknown' } });
    const message = { template: 'approval_request', request, outcome: { kind: 'open' } } as const;
    const said = readable(renderMessage(message, at(rolloutAt('awaiting_approval'))));
    expect(said.split('\n').slice(3, 7)).toEqual([
      '○ *No data* p95 latency, last 412 ms (warn 600, limit 1,000), no number since',
      'Error rate 0.31 % (warn 1, limit 5), 20 s old',
      'Login success 99.6 % (warn 98, min 95), reported by <@ULEA>, 3 h old',
      'Memory 4 % (warn 50, limit 100)',
    ]);
  });

  test('of more checks than a card holds it says how many there are and where', () => {
    const rollout = rolloutAt('awaiting_approval');
    const checks = Array.from({ length: 60 }, (_, no) => ({
      ...rollout.plan.checks[0],
      name: `c${no}`,
      title: `C${no}`,
    }));
    const numbers = Object.fromEntries(checks.map(({ name }) => [name, 0.1]));
    const verdicts = Object.fromEntries(checks.map(({ name }) => [name, 'pass' as const]));
    const message = {
      template: 'approval_request',
      request: requestFor({ numbers, verdicts }),
      outcome: { kind: 'open' },
    } as const;
    const said = readable(
      renderMessage(message, at({ ...rollout, plan: { ...rollout.plan, checks } as Rollout['plan'] })),
    );
    expect(said).toContain('C19 0.1 %');
    expect(said).toContain('and 40 more: `/rollout why new-checkout`, `/rollout status new-checkout`');
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
      {
        kind: 'void',
        reason: 'health_worse',
        detail: { kind: 'became', check: 'error-rate', verdict: 'warning' },
        at: NOW,
      },
      '✖ *No longer valid* since 19:19 UTC: health became worse than it was when this was asked (Error rate became warning)',
    ],
    ['expired', { kind: 'expired', at: NOW }, '✖ *Expired* at 19:19 UTC: nobody decided'],
    [
      'taken back',
      { kind: 'taken_back', by: LEA, at: NOW },
      '✖ *Approval withdrawn* by <@ULEA> at 19:19 UTC; the move was called back',
    ],
    ['withdrawn', { kind: 'withdrawn', by: OPAL, at: NOW }, '✖ *Withdrawn* at 19:19 UTC: <@UOPAL> paused the rollout'],
  ] as const)('%s: it says so in place, mentions no role again and has no buttons', (_, outcome, line) => {
    const votes =
      outcome.kind === 'granted' ? [{ teamId: 'T1', userId: 'ULEA', roles: ['engineering-lead'], at: NOW }] : [];
    const message = { template: 'approval_request', request: requestFor({ votes }), outcome } as const;
    const said = readable(renderMessage(message, at(rolloutAt('held'))));
    expect(said.split('\n')[1]).toBe(line);
    expect(said).not.toMatch(/subteam|\[/);
  });

  const card = (more: Partial<ApprovalRequest>, rollout = rolloutAt('awaiting_approval')): string => {
    const message = { template: 'approval_request', request: requestFor(more), outcome: { kind: 'open' } } as const;
    return readable(renderMessage(message, at(rollout)));
  };
  const VOTE = { teamId: 'T1', userId: 'ULEA', roles: ['operators'], at: NOW };

  test('an override says so in plain words above who asked, and who must say yes to it', () => {
    const override = { observedMs: 720_000, neededMs: 4 * 3_600_000 };
    const quorum = { kind: 'any', count: 1, roles: ['operators'] } as const;
    expect(card({ override, quorum, bakedMs: 1 }).split('\n').slice(1, 10)).toEqual([
      '*OVERRIDE: the bake is not over, 12 m of 4 h*',
      'Asked by <@UOPAL>: “numbers look good”',
      'Health when asked: 4 of 4 fine',
      ...NUMBER_LINES,
      LINKS,
      'Who may: another operator (<!subteam^SREL>), not <@UOPAL> · 0 of 1',
    ]);
  });

  test.each([
    [1, [], 'at once'],
    [2, [], 'when enough have approved'],
    [2, [VOTE], 'at once'],
    [3, [VOTE], 'when enough have approved'],
  ] as const)('of %s that are needed with %j there, a click on Approve leads to it %s', (count, votes, when) => {
    const quorum = { kind: 'any', count, roles: ['operators'] } as const;
    expect(card({ quorum, votes })).toContain(`\nApprove: it goes to 50 % ${when}, if the checks still hold\n`);
  });

  test('asked again on the same card: who had approved must do it again, until they have', () => {
    const words = '<@ULEA> approved before this was asked again; the approval has to be given again';
    expect(card({ before: [VOTE] })).toContain(`\n${words}\n`);
    expect(card({ before: [VOTE], votes: [VOTE] })).not.toContain('given again');
  });

  test('once somebody has approved it can be taken back; the button carries the request', () => {
    const message = { template: 'approval_request', outcome: { kind: 'open' } } as const;
    const shown = renderMessage(
      { ...message, request: requestFor({ votes: [VOTE] }) },
      at(rolloutAt('awaiting_approval')),
    );
    expect(buttonsIn(shown).map((button) => button.text.text)).toEqual(['Approve', 'Deny', 'Withdraw']);
    expect(buttonNamed(shown, 'rollout_withdraw')?.value).toEqual({ request: '12.118' });
    expect(card({})).not.toContain('Withdraw');
  });

  test('granted, it can be taken back alone, while its own move is under way', () => {
    const granted = (id: string, rollout: Rollout) => {
      const message = { template: 'approval_request', outcome: { kind: 'granted' } } as const;
      return buttonsIn(renderMessage({ ...message, request: requestFor({ id, votes: [VOTE] }) }, at(rollout)));
    };
    expect(granted('12.100', rolloutAt('applying')).map((button) => button.text.text)).toEqual(['Withdraw']);
    expect(granted('12.99', rolloutAt('applying'))).toEqual([]);
    expect(granted('12.100', rolloutAt('baking'))).toEqual([]);
  });

  test.each([
    ['void', 'ready', { stage: { no: 1 } }, {}, true],
    ['expired', 'ready', { stage: { no: 1, attempt: 3 } }, {}, true],
    ['denied', 'ready', { stage: { no: 1 } }, {}, false],
    ['void', 'held', { stage: { no: 1 } }, {}, false],
    ['void', 'ready', { stage: { no: 2 } }, {}, false],
    ['void', 'baking', { stage: { no: 1 } }, { override: { observedMs: 1, neededMs: 2 } }, false],
    ['void', 'ready', { stage: { no: 1 } }, { override: { observedMs: 1, neededMs: 2 } }, false],
  ] as const)('%s, and the rollout %s %o %o: asking again is one click: %s', (kind, phase, about, more, offered) => {
    const outcome = { kind, by: LEA, reason: 'health_worse', detail: null, at: NOW } as const;
    const message = { template: 'approval_request', request: requestFor(more), outcome } as Message;
    const shown = renderMessage(message, at(rolloutAt(phase, about)));
    const attempt = 'attempt' in about.stage ? about.stage.attempt : 1;
    expect(buttonNamed(shown, 'rollout_advance')?.value).toEqual(
      offered ? { rollout: 12, stage: 1, attempt } : undefined,
    );
    expect(buttonsIn(shown).length).toBe(offered ? 1 : 0);
  });
});
