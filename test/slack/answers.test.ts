import { describe, expect, test } from 'vitest';
import { mayRise } from '../../src/rollout/requirements/may-rise.js';
import type { Recorded } from '../../src/rollout/state/events.js';
import { NOTHING_BECAUSE, type NothingBecause } from '../../src/rollout/state/nothing.js';
import type { Refusal } from '../../src/rollout/state/refusal.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import {
  renderDone,
  renderHistory,
  renderList,
  renderNothing,
  renderStatus,
  renderWhy,
} from '../../src/slack/words/messages/index.js';
import { NOW, OPAL, PLAN, rollbackFrom, rolloutAt, watchAt } from '../support/rollouts.js';
import { buttonNamed, readable, told } from './readable.js';

function conditionsOf(rollout: Rollout, watch = watchAt()): Refusal['conditions'] {
  return mayRise(rollout, { now: NOW, watch }, { at: 'asked' }).conditions;
}

describe('why', () => {
  test('each condition, since when it stands so, and what moves it', () => {
    const rollout = rolloutAt('held');
    const said = readable(renderWhy({ rollout, watch: watchAt(), now: NOW, conditions: conditionsOf(rollout) }));
    expect(said).toBe(
      told(
        '⏸ *Paused* · New checkout · 50 %',
        'Missing before 100 % · Everyone:',
        '```',
        '✖ state     paused',
        '✖ bake      not done, 1 h 12 m of 4 h',
        '✔ health    4 of 4 fine',
        '○ approval  asked next',
        '```',
        '• Paused by <@UOPAL> since 2026-11-24 19:19 UTC: “lunch”. Operators go on with `/rollout resume new-checkout`.',
        '• The bake goes on after that. Since 2026-11-24 18:07 UTC.',
        '• Asked next: engineering-lead (<!subteam^SLEAD>) can approve, but not who asks.',
        '`/rollout status new-checkout`',
      ),
    );
  });

  test('an open request names who can give it, how far it is and when it expires', () => {
    const rollout = rolloutAt('awaiting_approval');
    const said = readable(renderWhy({ rollout, watch: watchAt(), now: NOW, conditions: conditionsOf(rollout) }));
    expect(said).toContain('engineering-lead (<!subteam^SLEAD>) can approve: 0 of 1, expires 2026-11-25 19:19 UTC.');
    expect(said).toContain('Since 2026-11-24 19:19 UTC.');
  });

  test('with nothing in the way it says so, and on the last stage that there is no further one', () => {
    const ready = rolloutAt('ready');
    const said = readable(renderWhy({ rollout: ready, watch: watchAt(), now: NOW, conditions: conditionsOf(ready) }));
    expect(said).toContain('Nothing is missing before 100 % · Everyone:');
    const last = rolloutAt('baking', { stage: { no: 3 } });
    const end = readable(renderWhy({ rollout: last, watch: null, now: NOW, conditions: conditionsOf(last) }));
    expect(end).toContain('Missing before the end (there is no further stage):');
    const done = rolloutAt('ready', { stage: { no: 3 } });
    const over = readable(renderWhy({ rollout: done, watch: null, now: NOW, conditions: conditionsOf(done) }));
    expect(over).toContain('To end it: `/rollout finish new-checkout`');
  });

  test('while it is rolled back: from where to where, why, that it is not read back and what the last try met', () => {
    const rollout = rolloutAt('rolling_back');
    const lowering = { attempts: 3, lastError: 'flag: connection refused' };
    const said = readable(
      renderWhy({ rollout, watch: watchAt(), now: NOW, conditions: conditionsOf(rollout), lowering }),
    );
    expect(said).toBe(
      told(
        '🔴 *Rolling back* · New checkout · 50 %',
        'It is being rolled back from 50 % to 0 %: Error rate 12 % is over its limit 5 %.',
        'Not read back yet, ordered at 19:19:20 UTC (3 tries: flag: connection refused). I keep trying.',
        '`/rollout status new-checkout`',
      ),
    );
  });

  test('asked to go on before the bake was over, and the raise is under way: no word of a bake that would go on', () => {
    const rollout = rolloutAt('applying', { bake: { done: false } });
    const said = readable(renderWhy({ rollout, watch: watchAt(), now: NOW, conditions: conditionsOf(rollout) }));
    expect(said).toContain('Wait for the read-back');
    expect(said).not.toMatch(/bake goes on|The bake is done/);
  });

  test.each([
    [
      'rolled_back',
      { rollback: rollbackFrom(50, { cause: { reason: 'person', by: OPAL, note: 'calls' } }) },
      '<@UOPAL> asked for it: “calls”.',
      'A new one begins with `/rollout start new-checkout`, once the targets have been read again',
    ],
    [
      'not_started',
      {},
      'the targets could not be read and written as a rollback would need it (flag: connection refused).',
      'A new one begins with `/rollout start new-checkout`',
    ],
    ['completed', {}, 'the last bake passed.', 'To take it back: `/rollout rollback new-checkout#1`'],
    [
      'completed',
      { confirmed: 50, finishNote: 'good enough' },
      'it was finished early, “good enough”.',
      'To take it back: `/rollout rollback new-checkout#1`',
    ],
  ] as const)('after the end (%s %o) only its cause and what can be done next', (phase, more, cause, next) => {
    const rollout = rolloutAt(phase, more);
    const said = readable(renderWhy({ rollout, watch: null, now: NOW, conditions: conditionsOf(rollout) })).split('\n');
    expect(said.slice(1)).toEqual([
      `This run is over since 2026-11-24 19:19 UTC: ${cause}`,
      next,
      '`/rollout status new-checkout#1`',
    ]);
  });
});

test.each([
  ['why', (rollout: Rollout) => renderWhy({ rollout, watch: null, now: NOW, conditions: [] })],
  ['status', (rollout: Rollout) => renderStatus({ rollout, watch: null, now: NOW, lowering: null, byHand: [] })],
] as const)('%s of a run that the bot rolled back shows both ways on, each with its button', (_, render) => {
  const passed = {
    stageNo: 1,
    attempt: 1,
    wallMs: 1,
    observedMs: 1,
    issues: { opened: 0, closed: 0 },
    numbers: {},
    passedAt: NOW,
  };
  const shown = render(rolloutAt('rolled_back', { run: 3, bake: { last: passed } }));
  expect(readable(shown)).toContain(
    told(
      'The cause is gone: begins at the first stage again. `/rollout start new-checkout again`',
      'It was a false alarm: begins with 10 % · Early access, its last good stage, when somebody else approves. `/rollout start new-checkout false-alarm &lt;reason&gt;`',
      '[ Start again ]',
      '[ It was a false alarm… ]',
    ),
  );
  expect(buttonNamed(shown, 'rollout_start')?.value).toEqual({ plan: 'new-checkout', run: 3, as: 'again' });
  const byPerson = rollbackFrom(50, { cause: { reason: 'person', by: OPAL, note: '' } });
  expect(readable(render(rolloutAt('rolled_back', { rollback: byPerson })))).not.toContain('Start again');
});

test('status is the live message with the name to type and every button, and says when the plan file differs', () => {
  const ctx = { rollout: rolloutAt('baking'), watch: watchAt(), now: NOW, lowering: null, byHand: [] };
  const said = readable(renderStatus({ ...ctx, planFileDiffers: true })).split('\n');
  expect(said[0]).toBe('🟢 *Baking* · New checkout · 50 % of production');
  expect(said.slice(-4)).toEqual([
    'The plan file has changed since; this rollout keeps to the plan it was started with.',
    'Note: “numbers look good”',
    '`new-checkout#1`',
    '[ Pause ] [ Roll back ] [ Check now ] [ ⋯ Roll back to… | Extend… | Refresh ]',
  ]);
  expect(readable(renderStatus(ctx))).not.toContain('plan file');
});

test('the list has one line per rollout, and says so when there is none', () => {
  const row = {
    name: 'new-checkout',
    title: 'New checkout',
    phase: 'baking',
    rollback: null,
    episodes: {},
    plan: PLAN,
    exposure: 50,
    channelId: 'CSHOP',
  } as const;
  expect(
    readable(
      renderList([
        { ...row, stage: 'Half' },
        { ...row, stage: '', exposure: 0 },
      ]),
    ),
  ).toBe(
    told(
      '*2 rollouts*',
      '🟢 *Baking* · New checkout `new-checkout` · 50 % · Half · <#CSHOP>',
      '🟢 *Baking* · New checkout `new-checkout` · 0 % · <#CSHOP>',
    ),
  );
  expect(readable(renderList(Array.from({ length: 23 }, () => ({ ...row, stage: '' }))))).toContain('\nand 3 more');
  expect(readable(renderList([]))).toBe('Nothing is rolling out. `/rollout help` shows what can be started.');
});

test('the history has the last fifteen events, newest last, and counts the rest', () => {
  const events = Array.from({ length: 20 }, (_, i): Recorded => {
    const actor = i === 19 ? { kind: 'cli' as const, name: 'ann@host' } : OPAL;
    return { seq: i + 99, at: NOW, actor, event: { type: 'paused', reason: i === 19 ? 'now' : '' } };
  });
  const said = readable(renderHistory({ rollout: rolloutAt('held'), events, total: 118 })).split('\n');
  expect(said.slice(0, 3)).toEqual([
    '*New checkout* · 118 events',
    '… 103 earlier',
    '104 · 19:19:20 UTC · <@UOPAL> · paused',
  ]);
  expect(said.at(-2)).toBe('118 · 19:19:20 UTC · cli ann@host · paused: “now”');
  expect(said.at(-1)).toBe('[ Earlier (103) ]');
  expect(said.length).toBe(18);
});

test.each([
  ['start', 'starting', 'starting; targets and checks are read first. Followed in <#CSHOP>.'],
  ['advance', 'awaiting_approval', 'approval of 50 % is asked for in the thread.'],
  ['advance', 'applying', 'going to 50 % now; the thread says when it is read back.'],
  ['approve', 'awaiting_approval', 'your approval is on record; more are needed.'],
  ['approve', 'applying', 'going to 50 % now; the thread says when it is read back.'],
  ['deny', 'ready', 'denied; the request in the thread says so.'],
  ['withdraw', 'awaiting_approval', 'your approval of 50 % is withdrawn; the request stays open.'],
  [
    'withdraw',
    'held',
    'your approval is withdrawn; the move is called back to 50 %. The thread says when it is read back.',
  ],
  ['pause', 'held', 'paused at 50 %. Go on with `/rollout resume new-checkout`'],
  ['resume', 'baking', 'resumed, baking at 50 %.'],
  ['extend', 'baking', 'the bake now takes 4 hours.'],
  ['finish', 'completed', 'ended at 100 %, not watched any more. Take it back with `/rollout rollback new-checkout#1`'],
  ['rollback', 'rolling_back', 'rolling back from 50 % to 0 % now; the thread says when it is read back.'],
  ['rollback', 'rolled_back', 'rolled back from 50 % to 0 % and read back.'],
  ['have', 'held', 'noted that you have it; the thread says so.'],
] as const)('done %s, now %s: one line', (verb, phase, line) => {
  expect(readable(renderDone({ verb, rollout: rolloutAt(phase) }))).toBe(`New checkout: ${line}`);
});

test.each([
  [30 * 60_000, '4 hours 30 minutes'],
  [60_000, '4 hours 1 minute'],
  [45 * 3_600_000, '2 days 1 hour'],
])('an extended bake (+%d ms) is spelled out', (extraBakeMs, words) => {
  expect(
    readable(renderDone({ verb: 'extend', rollout: rolloutAt('baking', { bake: { extraMs: extraBakeMs } }) })),
  ).toBe(`New checkout: the bake now takes ${words}.`);
});

test('done with a note, and nothing to do', () => {
  const rollout = rolloutAt('held');
  expect(readable(renderDone({ verb: 'start', rollout, note: 'bob is a guest' }))).toMatch(/\nbob is a guest$/);
  expect(readable(renderNothing({ because: 'already_paused', rollout }))).toBe(
    'Nothing to do: already paused. New checkout is paused at 50 %.',
  );
});

test.each(NOTHING_BECAUSE)('nothing to do because of %s is said in words of its own', (because) => {
  const rollout = rolloutAt('held');
  const said = (code: NothingBecause): string => readable(renderNothing({ because: code, rollout }));
  expect(said(because)).toMatch(/^Nothing to do: (?!undefined)[a-z][a-z ]{7,}\. New checkout is paused at 50 %\.$/);
  expect(NOTHING_BECAUSE.filter((other) => said(other) === said(because))).toEqual([because]);
});
