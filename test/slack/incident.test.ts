import { describe, expect, test } from 'vitest';
import type { Rollback } from '../../src/rollout/state/rollout.js';
import { type MessageContext, renderMessage } from '../../src/slack/words/messages/index.js';
import { LEA, NOW, OPAL, rollbackFrom, rolloutAt } from '../support/rollouts.js';
import { at, BY_HAND, LINKS, readable, told } from './readable.js';

describe('the incident', () => {
  const ordered = { template: 'incident', rollback: rollbackFrom(50), tookMs: null, exposure: null } as const;
  const later = new Date(NOW.getTime() + 3_000);

  test('just ordered: rolling back, and not a word of success', () => {
    const said = readable(renderMessage(ordered, at(rolloutAt('rolling_back'), { byHand: BY_HAND })));
    expect(said.split('\n').slice(0, 2)).toEqual([
      '🔴 *ROLLING BACK New checkout* from 50 % to 0 %: Error rate 12 % is over its limit 5 %',
      'Ordered at 19:19:20 UTC, not read back yet. Last read: 50 %.',
    ]);
    expect(said).not.toMatch(/ROLLED BACK|safe/);
  });

  test('not applied yet: the tries, the last reading, what to do by hand', () => {
    const lowering = { attempts: 3, lastError: 'the flag table does not answer' };
    const ctx = at(rolloutAt('rolling_back'), { lowering, byHand: BY_HAND, now: later });
    expect(readable(renderMessage(ordered, ctx))).toBe(
      told(
        '🔴 *ROLLBACK NOT YET APPLIED*, New checkout from 50 % to 0 %: Error rate 12 % is over its limit 5 %',
        'Ordered at 19:19:20 UTC · 3 tries: the flag table does not answer',
        'Last read: 50 %.',
        'Do this by hand if it cannot wait. I keep trying.',
        '```',
        "UPDATE feature_flags SET rollout_percentage = 0 WHERE name = 'NEW_CHECKOUT';",
        '```',
        '*Impact* up to 50 % of users since 19:18 UTC',
        '*Status* users may still get it, cause not known yet',
        '*Who* nobody has it yet · contact engineering-lead (<!subteam^SLEAD>)',
        `*Next* check that it goes down: ${LINKS}`,
        '[ I have it ] [ Details ]',
      ),
    );
  });

  test('applied and read back: seconds against the promise, impact, status, who has it, the next step', () => {
    const rollout = rolloutAt('rolled_back', { exposure: { settled: true }, alerts: { haveIt: [OPAL, LEA] } });
    const message = { ...ordered, tookMs: 1_400, exposure: 0 } as const;
    expect(readable(renderMessage(message, at(rollout, { now: later, byHand: BY_HAND })))).toBe(
      told(
        '🔴 *ROLLED BACK New checkout* from 50 % to 0 %: Error rate 12 % is over its limit 5 %',
        'At 19:19:20 UTC, read back 1.4 s after the order (promise 30 s: kept)',
        '*Impact* 50 % of users for about 40 s',
        '*Status* safe, users are back where they were, cause not known yet',
        '*Who* <@UOPAL> and <@ULEA> have it · contact engineering-lead (<!subteam^SLEAD>)',
        `*Next* find the cause: ${LINKS}, then \`/rollout start new-checkout\``,
        '[ I have it ] [ Details ]',
      ),
    );
  });

  test('read back while a raise was under way: until when it is read again and why, and not that users are safe', () => {
    const overtaken = { endsAt: new Date(NOW.getTime() + 11 * 60_000) };
    const rollout = rolloutAt('rolled_back', { exposure: { settled: false, overtaken } });
    const said = readable(renderMessage(ordered, at(rollout, { now: later })));
    expect(said).toContain(
      '*Status* read back, users are back where they were, cause not known yet; being read again until 19:30 UTC, because a raise was under way when it was ordered',
    );
    expect(said).not.toContain('safe');
  });

  test.each([
    [{ exposure: 50, seen: true }, '50 % of users was read after it had been lowered'],
    [{ exposure: 50, seen: false }, 'a raise to 50 % of users ended after it was over'],
  ])('a raise that landed late, or may have: users may have it again (%o)', (late, what) => {
    const rollout = rolloutAt('rolled_back', { exposure: { settled: false, late } });
    const said = readable(renderMessage(ordered, at(rollout, { now: later })));
    expect(said).toContain(`*Status* users may have it again: ${what}; lowering again`);
    expect(said).not.toContain('safe');
  });

  test('the rollout knows of the read-back before the message does: it is believed', () => {
    expect(readable(renderMessage(ordered, at(rolloutAt('rolled_back'), { now: later })))).toMatch(/^🔴 \*ROLLED BACK/);
  });

  test('a promise that was missed is called missed', () => {
    const message = { ...ordered, tookMs: 44_000, exposure: 0 } as const;
    expect(readable(renderMessage(message, at(rolloutAt('rolled_back'))))).toContain('(promise 30 s: missed)');
  });

  test('after the promised time it says that the time is over', () => {
    const rollout = rolloutAt('rolling_back', { rollback: rollbackFrom(50, { overdue: true }) });
    expect(readable(renderMessage(ordered, at(rollout)))).toContain('Last read: 50 %. The promised time is over.');
  });

  test('overtaken by a later rollback: it says so and gives no statements', () => {
    const rollout = rolloutAt('rolling_back', { rollback: rollbackFrom(50, { no: 2 }) });
    const said = readable(renderMessage(ordered, at(rollout, { byHand: BY_HAND, now: later })));
    expect(said).toMatch(/^🔴 \*ROLLBACK OVERTAKEN\* by a later one, New checkout to 0 %/);
    expect(said).not.toContain('UPDATE');
  });

  test('asked for by a person, back to a stage: whose words, and that it is held there', () => {
    const cause = { reason: 'person', by: OPAL, note: 'support calls' } as const;
    const rollback = rollbackFrom(50, { to: 10, stageNo: 1, ends: false, cause });
    const message = { ...ordered, rollback, tookMs: 900, exposure: 10 } as const;
    const rollout = rolloutAt('held', { rollback: { ...rollback, confirmedAt: later }, exposure: { confirmed: 10 } });
    const said = readable(renderMessage(message, at(rollout)));
    expect(said).toMatch(/^⚪ \*Rolled back New checkout\* from 50 % to 10 % by <@UOPAL>: “support calls”\n/);
    expect(said).toContain('*Status* paused at 10 %, still watched\n');
    expect(said).toContain('*Next* when it is ready again: `/rollout resume new-checkout` · ');
    expect(said).not.toMatch(/nobody has it|find the cause/);
  });

  test('asked for by a person, to a place that the targets refuse: why it is off', () => {
    const refused = { to: 10, text: 'no such percentage' };
    const rollback = rollbackFrom(50, { cause: { reason: 'person', by: OPAL, note: 'support calls', refused } });
    const message = { ...ordered, rollback, tookMs: 900, exposure: 0 } as const;
    const said = readable(renderMessage(message, at(rolloutAt('rolled_back', { rollback })))).split('\n')[0];
    expect(said).toBe(
      '⚪ *Rolled back New checkout* from 50 % to 0 % by <@UOPAL>: “support calls”. The targets did not take 10 %: no such percentage',
    );
  });

  test('asked for by a person, it is an alarm while users may have it again, and while it fails somebody is looked for', () => {
    const rollback = rollbackFrom(50, { cause: { reason: 'person', by: OPAL, note: '' } });
    const late = { exposure: 50, seen: true };
    const again = renderMessage(
      { ...ordered, rollback, tookMs: 900, exposure: 0 },
      at(rolloutAt('rolled_back', { rollback, exposure: { late } })),
    );
    expect(readable(again)).toMatch(/^🔴 \*ROLLED BACK New checkout\*/);
    const failing = { lowering: { attempts: 3, lastError: 'connection refused' } };
    const stuck = renderMessage({ ...ordered, rollback }, at(rolloutAt('rolling_back', { rollback }), failing));
    expect(readable(stuck)).toContain('*Who* nobody has it yet · contact ');
  });

  test('ordered by a person, its contact is mentioned until it is read back, and only named then', () => {
    const rollback = rollbackFrom(50, { cause: { reason: 'person', by: OPAL, note: '' } });
    const who = (
      outcome: { tookMs: number | null; exposure: number | null },
      phase: 'rolling_back' | 'rolled_back',
    ) => {
      const rollout = rolloutAt(phase, { rollback });
      const said = readable(renderMessage({ ...ordered, rollback, ...outcome }, at(rollout)));
      return said.split('\n').find((line) => line.startsWith('*Who*'));
    };
    expect(who({ tookMs: null, exposure: null }, 'rolling_back')).toBe(
      '*Who* contact engineering-lead (<!subteam^SLEAD>)',
    );
    expect(who({ tookMs: 1_400, exposure: 0 }, 'rolled_back')).toBe('*Who* contact engineering-lead');
  });

  test('ordered by a person it is no alarm, neither here nor on the live message, as long as it goes as it should', () => {
    const cause = { reason: 'person', by: OPAL, note: '' } as const;
    const first = (more: Partial<Rollback>, context: Partial<MessageContext> = {}) => {
      const rollback = rollbackFrom(50, { cause, ...more });
      const ctx = at(rolloutAt('rolling_back', { rollback }), context);
      const heads = [renderMessage({ ...ordered, rollback }, ctx), renderMessage({ template: 'live' }, ctx)];
      return heads.map((each) => readable(each).split('\n')[0]);
    };
    const calm = '↩ *Rolling back New checkout* from 50 % to 0 % by <@UOPAL>';
    expect(first({})).toEqual([calm, '↩ *Rolling back* · New checkout · 50 % when last read']);
    expect(first({}, { now: later })[0]).toBe(calm);
    const failing = { lowering: { attempts: 3, lastError: 'connection refused' } };
    expect(first({}, failing)[0]).toMatch(/^🔴 \*ROLLBACK NOT YET APPLIED\*.*<@UOPAL> asked for it$/);
    const done = { ...ordered, rollback: rollbackFrom(50, { cause }), tookMs: 900, exposure: 0 };
    expect(readable(renderMessage(done, at(rolloutAt('rolled_back', { rollback: done.rollback }), failing)))).toMatch(
      /^⚪ \*Rolled back New checkout\*/,
    );
    expect(first({ overdue: true })).toEqual([
      expect.stringMatching(/^🔴 \*ROLLBACK NOT YET APPLIED\*/),
      expect.stringMatching(/^🔴 \*Rolling back\*/),
    ]);
    expect(first({ cause: { reason: 'check_critical', by: { kind: 'bot' }, note: '' } })).toEqual([
      expect.stringMatching(/^🔴 \*ROLLING BACK New checkout\*/),
      expect.stringMatching(/^🔴 \*Rolling back\*/),
    ]);
  });
});
