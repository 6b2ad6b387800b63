import { describe, expect, test } from 'vitest';
import { said } from '../../src/rollout/state/detail.js';
import type { Message } from '../../src/rollout/state/effects.js';
import type { Phase } from '../../src/rollout/state/rollout.js';
import { renderMessage } from '../../src/slack/words/messages/index.js';
import {
  type ChangesIn,
  changed,
  episodeOf,
  NOW,
  NUMBERS,
  OPAL,
  PLAN,
  requestFor,
  rolloutAt,
} from '../support/rollouts.js';
import { at, LINKS, NUMBERS_LINE, readable, told } from './readable.js';

const HOUR = 3_600_000;

describe('the posts of a stage', () => {
  test('start: what users get, the watch and its end, the pages, how to stop it', () => {
    const message = { template: 'stage_start', stageNo: 2, exposure: 50, bakeMs: 4 * HOUR, at: NOW } as const;
    expect(readable(renderMessage(message, at(rolloutAt('baking'))))).toBe(
      told(
        '▶ *50 % started*: 1 in 2 users now gets New checkout (read back 50 %).',
        'Watching 4 checks every 1 m until about 23:19 UTC (bake 4 h).',
        LINKS,
        'To stop it: `/rollout rollback new-checkout` · contact engineering-lead',
      ),
    );
  });

  const complete: Message = {
    template: 'stage_complete',
    stageNo: 2,
    attempt: 1,
    wallMs: 4.2 * HOUR,
    observedMs: 4 * HOUR,
    issues: { opened: 1, closed: 1 },
    numbers: NUMBERS,
    passedAt: NOW,
  } as const;

  test('complete: how long, the issues, the numbers against their limits, what comes next and who it needs', () => {
    expect(readable(renderMessage(complete, at(rolloutAt('ready'))))).toBe(
      told(
        '✔ *50 % complete* after 4 h 12 m · New checkout',
        '4 h of 4 h baked · Issues: 1 opened, 1 closed',
        NUMBERS_LINE,
        'Next: 100 % · Everyone, needs engineering-lead · `/rollout advance new-checkout`',
        '[ Advance to 100 % ]',
      ),
    );
  });

  test('complete, shown after the rollout has moved on: no button that could only be refused', () => {
    expect(readable(renderMessage(complete, at(rolloutAt('ready', { stage: { attempt: 2 } }))))).not.toContain('[');
  });

  test.each([
    ['baking', { bake: { extraMs: HOUR } }, 'Extended; baking again, 5 h needed now'],
    [
      'held',
      { bake: { done: true } },
      'Next: 100 % · Everyone, needs engineering-lead · paused, `/rollout resume new-checkout`',
    ],
    ['ready', { stage: { attempt: 2 } }, 'Next: 100 % · Everyone, needs engineering-lead'],
    [
      'awaiting_approval',
      { stage: { no: 2 }, request: requestFor({ stageNo: 3 }) },
      'Next: 100 % · Everyone, needs engineering-lead, asked for',
    ],
  ] as const)('complete, and by now %s %o: what it says of next is not refuted', (phase, more, line) => {
    const said = readable(renderMessage(complete, at(rolloutAt(phase, more)))).split('\n');
    expect(said[3]).toBe(line);
    expect(said.length).toBe(4);
  });

  test('complete and made longer afterwards: it is not told as a bake that was never finished', () => {
    const said = readable(renderMessage(complete, at(rolloutAt('baking', { bake: { extraMs: HOUR } }))));
    expect(said).toContain('\n4 h baked · Issues');
  });

  describe('complete in a stage that goes on by itself', () => {
    const stages = PLAN.stages.map((stage) => ({ ...stage, advance: 'auto' as const }));
    const plan = { ...PLAN, stages };
    const said = (phase: Phase, more: ChangesIn<Phase>): string =>
      readable(
        renderMessage(complete, at(changed(rolloutAt(phase, { plan, stage: { no: 2, autoSpent: false } }), more))),
      );

    test.each([
      ['fine', {}, 'It goes on by itself.'],
      [
        'with a warning',
        { health: { verdicts: { memory: 'warning' } } },
        'It does not go on by itself: 0 of 4 fine, 3 unknown, 1 warning.',
      ],
      [
        'with targets that somebody else moved',
        { alerts: { episodes: { '@target': episodeOf({ subject: '@target', kind: 'drift' }) } } },
        'It does not go on by itself: the targets are not where they were put.',
      ],
      [
        'spent',
        { stage: { autoSpent: true } },
        'It does not go on by itself any more: that was used, or somebody decided otherwise, in this stage.',
      ],
    ] as const)('%s, it says whether it does, and why not', (_, more, line) => {
      expect(said('ready', more)).toContain(`\n${line}\n[ Advance to 100 % ]`);
    });

    test('asked or going already, it says that nobody had to', () => {
      const request = requestFor({ stageNo: 3, reason: '', auto: true });
      expect(said('awaiting_approval', { request })).toMatch(/asked for by itself$/);
      // A person may say what the plan says.
      const byHand = requestFor({ stageNo: 3, reason: 'advance: auto' });
      expect(said('awaiting_approval', { request: byHand })).toMatch(/asked for$/);
      const { raise } = rolloutAt('applying');
      expect(said('applying', { raise: { ...raise, request: null, auto: true } })).toMatch(/goes on by itself$/);
      expect(said('applying', { plan: PLAN })).toMatch(/going there now$/);
    });
  });

  const numbers = {
    stageNo: 3,
    wallMs: 29 * HOUR,
    observedMs: 4 * HOUR,
    issues: { opened: 0, closed: 0 },
    numbers: NUMBERS,
  };

  test('completed: that it is over, not watched, and how to take it back', () => {
    const message = { template: 'completed', ...numbers, unwatched: null } as const;
    expect(readable(renderMessage(message, at(rolloutAt('completed'))))).toBe(
      told(
        '✅ *New checkout completed at 100 %* after 1 d 5 h',
        'Last bake 4 h · Issues: none in this stage',
        NUMBERS_LINE,
        'Not watched any more. To take it back: `/rollout rollback new-checkout#1`',
        '[ Roll back ] [ Details ]',
      ),
    );
  });

  test('finished early: by whom, why and where it stands', () => {
    const unwatched = { by: OPAL, reason: 'enough', exposure: 50 };
    const message = { template: 'completed', ...numbers, stageNo: 2, unwatched } as const;
    const said = readable(
      renderMessage(message, at(rolloutAt('completed', { exposure: { confirmed: 50 }, finishNote: 'enough' }))),
    );
    expect(said.split('\n').slice(0, 2)).toEqual([
      '✅ *New checkout finished early at 50 %* after 1 d 5 h',
      'Ended by <@UOPAL>: “enough”',
    ]);
  });

  test('not started: why, that nothing moved, how to try again', () => {
    const message = { template: 'not_started', reason: 'target_partial', detail: said('flag: 3 rows differ') } as const;
    expect(readable(renderMessage(message, at(rolloutAt('not_started'))))).toBe(
      told(
        '⚪ *New checkout was not started*: the targets do not agree with each other.',
        'flag: 3 rows differ',
        'No user gets more than before. When that is fixed: `/rollout start new-checkout`',
      ),
    );
  });

  test.each([
    [
      'approval',
      'awaiting_approval',
      [
        'For approval of 50 % · Half: engineering-lead, 0 of 1',
        'Since 2026-11-24 15:19 UTC (4 h), expires 2026-11-25 19:19 UTC',
      ],
    ],
    ['advance', 'ready', ['Ready for 100 % · Everyone, needs engineering-lead', 'Since 2026-11-24 15:19 UTC (4 h)']],
    [
      'resume',
      'held',
      [
        'Paused since 2026-11-24 15:19 UTC (4 h): “lunch”',
        '`/rollout resume new-checkout` or `/rollout rollback new-checkout`',
      ],
    ],
  ] as const)('reminder of %s: what is waited for and since when', (waitingFor, phase, lines) => {
    const message = { template: 'reminder', waitingFor, since: new Date(NOW.getTime() - 4 * HOUR) } as const;
    const said = readable(renderMessage(message, at(rolloutAt(phase)))).split('\n');
    expect(said[0]).toMatch(/^\*Still waiting: New checkout\* at \d+ %$/);
    expect(said.slice(1, 3)).toEqual(lines);
    expect(said.join('\n')).not.toMatch(/<[@!]/);
  });

  test('reminder of a request that nobody can grant any more: roles by name, and what helps', () => {
    const quorum = { kind: 'any', count: 2, roles: ['qa', 'sre'] } as const;
    const rollout = rolloutAt('awaiting_approval', { request: requestFor({ quorum }) });
    const message = { template: 'reminder', waitingFor: 'approval', since: NOW, nobodyLeft: true } as const;
    const said = readable(renderMessage(message, at(rollout)));
    expect(said.split('\n').slice(1)).toEqual([
      'For approval of 50 % · Half: 2 of qa or sre, 0 of 2',
      'Since 2026-11-24 19:19 UTC (0 s), expires 2026-11-25 19:19 UTC',
      '*Nobody is left who can approve*: too few people are qa or sre now. A group was emptied, or people left.',
      'What helps: operators put people into the group in Slack. Or end the request: `/rollout pause new-checkout`',
    ]);
    expect(said).not.toMatch(/<[@!]/);
  });
});
