import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/rollout/effects.js';
import { renderMessage } from '../../src/slack/messages/index.js';
import { NOW, NUMBERS, OPAL, rolloutAt } from '../support/rollouts.js';
import { at, LINKS, NUMBERS_LINE, readable, told } from './readable.js';

const HOUR = 3_600_000;

describe('the posts of a stage', () => {
  test('start: what users get, the watch and its end, the pages, how to stop it', () => {
    const message = { template: 'stage_start', stageNo: 2, exposure: 50, bakeMs: 4 * HOUR, at: NOW } as const;
    expect(readable(renderMessage(message, at(rolloutAt('baking'))))).toBe(
      told(
        '*50 % started*: 1 in 2 users now gets New checkout (read back 50 %).',
        'Watching 4 checks every 1 m until about 23:19 UTC (bake 4 h).',
        LINKS,
        'To stop it: `/rollout rollback new-checkout` · contact engineering-lead',
      ),
    );
  });

  const complete: Message = {
    ...{ template: 'stage_complete', stageNo: 2, attempt: 1, wallMs: 4.2 * HOUR, observedMs: 4 * HOUR },
    ...{ issues: { opened: 1, closed: 1 }, numbers: NUMBERS },
  } as const;

  test('complete: how long, the issues, the numbers against their limits, what comes next and who it needs', () => {
    expect(readable(renderMessage(complete, at(rolloutAt('ready'))))).toBe(
      told(
        '*50 % complete* after 4 h 12 m · New checkout',
        '4 h of 4 h baked · Issues: 1 opened, 1 closed',
        NUMBERS_LINE,
        'Next: 100 % Everyone, needs engineering-lead · `/rollout advance new-checkout`',
        '[ Advance to 100 % ]',
      ),
    );
  });

  test('complete, shown after the rollout has moved on: no button that could only be refused', () => {
    expect(readable(renderMessage(complete, at(rolloutAt('ready', { attempt: 2 }))))).not.toContain('[');
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
        '*New checkout completed at 100 %* after 1 d 5 h',
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
    const said = readable(renderMessage(message, at(rolloutAt('completed', { confirmed: 50, finishNote: 'enough' }))));
    expect(said.split('\n').slice(0, 2)).toEqual([
      '*New checkout finished early at 50 %* after 1 d 5 h',
      'Ended by <@UOPAL>: “enough”',
    ]);
  });

  test('not started: why, that nothing moved, how to try again', () => {
    const message = { template: 'not_started', reason: 'target_partial', detail: 'flag: 3 rows differ' } as const;
    expect(readable(renderMessage(message, at(rolloutAt('not_started'))))).toBe(
      told(
        '*New checkout was not started*: the targets do not agree with each other.',
        'flag: 3 rows differ',
        'No user gets more than before. When it is put right: `/rollout start new-checkout`',
      ),
    );
  });

  test.each([
    [
      'approval',
      'awaiting_approval',
      [
        'For approval of 50 % Half: engineering-lead, 0 of 1',
        'Since 2026-11-24 15:19 UTC (4 h), expires 2026-11-25 19:19 UTC',
      ],
    ],
    ['advance', 'ready', ['Ready for 100 % Everyone, needs engineering-lead', 'Since 2026-11-24 15:19 UTC (4 h)']],
    [
      'resume',
      'held',
      [
        'Held since 2026-11-24 15:19 UTC (4 h): paused by <@UOPAL>: “lunch”',
        '`/rollout resume new-checkout` or `/rollout rollback new-checkout`',
      ],
    ],
  ] as const)('reminder of %s: what is waited for and since when', (waitingFor, phase, lines) => {
    const message = { template: 'reminder', waitingFor, since: new Date(NOW.getTime() - 4 * HOUR) } as const;
    const said = readable(renderMessage(message, at(rolloutAt(phase)))).split('\n');
    expect(said[0]).toMatch(/^\*Still waiting: New checkout\* at \d+ %$/);
    expect(said.slice(1, 3)).toEqual(lines);
  });
});
