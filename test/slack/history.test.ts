import { describe, expect, expectTypeOf, test } from 'vitest';
import { readPage } from '../../src/commands/history.js';
import { said } from '../../src/rollout/state/detail.js';
import type { Event, EventType } from '../../src/rollout/state/events.js';
import { type HistoryPage, historyPage, renderHistory } from '../../src/slack/words/messages/index.js';
import { NOW, NUMBERS, OPAL, PLAN, rolloutAt } from '../support/rollouts.js';
import { readable } from './readable.js';

const FINE = { 'error-rate': 'pass', 'p95-latency': 'pass', 'login-success': 'pass', memory: 'pass' } as const;
const saw = { from: 10, to: 50, planHash: '3f9c1e77aa01', verdicts: FINE, numbers: NUMBERS };
const before = { from: 10, to: 50, planHash: '', verdicts: {}, numbers: {} };
const vote = { requestId: '12.1', teamId: 'T1', userId: 'ULEA', roles: ['qa'], messageTs: '1', saw };
const asked = {
  type: 'approval_requested',
  requestId: '12.1',
  stageNo: 2,
  attempt: 1,
  from: 10,
  to: 50,
  bakedMs: 0,
  reason: 'ok',
  expiresAt: NOW,
} as const;
const opened = {
  subject: 'error-rate',
  no: 1,
  kind: 'no_data',
  reason: null,
  detail: null,
  value: null,
  exposure: 50,
  beganAt: NOW,
  post: 1,
} as const;
const step = { stageNo: 2, attempt: 1, no: 2, name: 'migrate' };
const cause = { reason: 'check_critical', by: OPAL, note: '', check: 'error-rate', value: 12 } as const;
const started = { id: 12, teamId: 'T1', plan: PLAN, planHash: '', run: 1, channelId: 'C1', people: {}, targetKeys: [] };

const LINES = [
  [{ type: 'started', note: 'v2', ...started }, 'started: “v2”'],
  [
    {
      type: 'started',
      note: 'v2',
      ...started,
      entry: { stageNo: 2, run: 3, reason: 'Prometheus was down', means: {} },
    },
    'started at 50 % again, run #3 was rolled back by a false alarm: “Prometheus was down”; note: “v2”',
  ],
  [{ type: 'rehearsed', anchor: 0, verdicts: {}, numbers: {} }, 'targets read 0 %, ready'],
  [
    { type: 'rehearsal_failed', reason: 'target_partial', detail: said('3 rows') },
    'not started: the targets do not agree with each other (3 rows)',
  ],
  [asked, 'asked for 10 % → 50 %: “ok”'],
  [
    { ...asked, reason: 'hotfix', override: { observedMs: 720_000, neededMs: 14_400_000 } },
    'asked for 10 % → 50 % by override (the bake is not over, 12 m of 4 h): “hotfix”',
  ],
  [{ ...asked, reason: '', auto: true }, 'asked for 10 % → 50 %, by itself (advance: auto)'],
  [{ ...asked, card: '12.0' }, 'asked again for 10 % → 50 %: “ok”'],
  [
    { type: 'approval_recorded', ...vote, granted: true },
    'approved 10 % → 50 %, seeing 4 of 4 fine (Error rate 0.31 %, p95 latency 412 ms, Login success 99.6 %, Memory 4 %), complete',
  ],
  [{ type: 'approval_recorded', ...vote, saw: before, granted: false }, 'approved 10 % → 50 %, more needed'],
  [
    { type: 'approval_withdrawn', requestId: '12.1', teamId: 'T1', userId: 'ULEA', raise: false },
    'withdrew the approval',
  ],
  [
    { type: 'approval_withdrawn', requestId: '12.1', teamId: 'T1', userId: 'ULEA', raise: true },
    'withdrew the approval; the move is called back',
  ],
  [{ type: 'approval_denied', requestId: '12.1', reason: 'no', messageTs: '1', saw }, 'denied: “no”'],
  [
    { type: 'approval_voided', requestId: '12.1', reason: 'exposure_moved', detail: null },
    'request no longer valid: the exposure has moved since this was asked',
  ],
  [{ type: 'approval_expired', requestId: '12.1' }, 'request expired'],
  [
    { type: 'raise_ordered', stageNo: 2, attempt: 1, from: 10, to: 50, requestId: null, expiresAt: NOW },
    'raise ordered, 10 % → 50 %',
  ],
  [
    {
      type: 'raise_ordered',
      stageNo: 2,
      attempt: 1,
      from: 10,
      to: 50,
      requestId: null,
      expiresAt: NOW,
      auto: true,
    },
    'raise ordered, 10 % → 50 %, by itself (advance: auto)',
  ],
  [{ type: 'exposure_confirmed', exposure: 50 }, 'read back 50 %, bake begins'],
  [
    { type: 'raise_failed', reason: 'raise_expired', detail: said('silence') },
    'raise failed: the raise was not read back in time (silence)',
  ],
  [{ type: 'exposure_restored', exposure: 10 }, 'read back 10 % again'],
  [
    { type: 'verdict_changed', check: 'error-rate', from: 'pass', to: 'warning', value: 1.8, why: null },
    'Error rate: pass → warning at 1.8 %',
  ],
  [{ type: 'alert_opened', ...opened }, 'alert opened: Error rate, no data'],
  [{ type: 'alert_opened', ...opened, subject: '@target' }, 'alert opened: the targets, no data'],
  [
    { type: 'alert_eased', subject: 'error-rate', no: 1, value: 1.4, limits: ['warning'] },
    'alert eased: Error rate at 1.4 %',
  ],
  [
    { type: 'alert_closed', subject: 'error-rate', no: 1, value: 0.4, how: 'over' },
    'alert closed: Error rate at 0.4 %',
  ],
  [{ type: 'people_called', post: 1, alerts: [], mentions: [], owed: true }, 'told the channel of alerts'],
  [
    { type: 'people_called', post: 1, alerts: [], mentions: [{ kind: 'group', id: 'SLEAD' }], owed: false },
    'told the channel of alerts, called <!subteam^SLEAD>',
  ],
  [{ type: 'bake_passed', observedMs: 14_400_000, numbers: {}, means: {} }, 'bake complete after 4 h'],
  [{ type: 'completed' }, 'completed'],
  [{ type: 'paused', reason: 'lunch' }, 'paused: “lunch”'],
  [
    { type: 'held', cause: 'drift_down', detail: said('read 30 %'), exposure: 30 },
    'paused: somebody else lowered the exposure (read 30 %)',
  ],
  [{ type: 'resumed', to: 'baking' }, 'resumed, baking'],
  [{ type: 'bake_extended', byMs: 1_800_000, reason: '', reopened: false }, 'bake extended by 30 m'],
  [{ type: 'finished', reason: 'enough' }, 'finished early: “enough”'],
  [
    { type: 'rollback_ordered', no: 1, from: 50, to: 0, stageNo: 0, ends: true, cause },
    'rollback ordered, 50 % → 0 %: Error rate 12 % is over its limit 5 %',
  ],
  [{ type: 'rollback_confirmed', exposure: 0, tookMs: 1_400 }, 'rolled back, read back 0 % after 1.4 s'],
  [{ type: 'rollback_overdue' }, 'rollback not read back in the promised time'],
  [{ type: 'drift_found', direction: 'up', expected: 50, found: 60, detail: '' }, 'found 60 %, expected 50 %'],
  [{ type: 'late_raise_seen', found: 50 }, 'found 50 % after the rollback, lowering again'],
  [{ type: 'late_raise_reported', to: 50 }, 'a raise to 50 % ended after it was over, lowering again'],
  [{ type: 'step_started', step }, 'step 2, migrate: started'],
  [{ type: 'step_done', step, way: 'do' }, 'step 2, migrate: done'],
  [{ type: 'step_done', step, way: 'undo' }, 'step 2, migrate: undone'],
  [{ type: 'step_failed', step, way: 'do', detail: 'exit 1' }, 'step 2, migrate: failed (exit 1)'],
  [{ type: 'step_failed', step, way: 'undo', detail: 'exit 1' }, 'step 2, migrate: not undone yet (exit 1)'],
  [{ type: 'settled' }, 'targets stayed where they were put'],
  [{ type: 'target_changed', detail: '' }, 'paused: the environment now points the plan at other targets'],
  [{ type: 'acknowledged', subject: 'incident' }, 'has it'],
  [{ type: 'reminded' }, 'people reminded'],
  [{ type: 'channel_moved', to: 'CNEW' }, 'Slack gave the channel another id: <#CNEW>'],
  [
    { type: 'announcement_refused', code: 'is_archived' },
    'not started: the channel does not take my messages (it is archived. Unarchive it)',
  ],
  [{ type: 'baseline_started', no: 1, reason: '' }, 'baseline: measuring'],
  [{ type: 'baseline_started', no: 2, reason: 'the sale is over' }, 'baseline: measuring again: “the sale is over”'],
  [{ type: 'baseline_captured', no: 1, numbers: {}, readings: 12, exposure: 0 }, 'baseline captured, 12 readings'],
  [{ type: 'baseline_missed', no: 2, detail: null }, 'baseline not captured, the one before stays'],
  [
    { type: 'bake_restarted', subject: 'error-rate', why: 'no_data', observedMs: 1_800_000 },
    'bake starts over after 30 m: Error rate, no data',
  ],
  [{ type: 'reported', check: 'error-rate', value: 3, note: 'by hand' }, 'reported Error rate 3 %: “by hand”'],
  [{ type: 'report_asked', check: 'error-rate' }, 'asked for a report of Error rate'],
  [{ type: 'summary_shown' }, 'summary shown'],
  [{ type: 'hold_noted', check: 'error-rate' }, 'Error rate asks to pause'],
  [{ type: 'hold_cleared', check: 'error-rate' }, 'Error rate no longer asks to pause'],
  [
    {
      type: 'item_changed',
      item: { kind: 'exit', stageNo: 1, opening: 1, no: 2 },
      title: 'Build passes',
      was: 'open',
      to: 'failed',
      required: true,
      note: 'gate 3',
      roles: [],
    },
    'Build passes: failed: “gate 3”',
  ],
  [
    {
      type: 'item_signed',
      item: { kind: 'exit', stageNo: 1, opening: 1, no: 2 },
      title: 'Build passes',
      note: '',
      roles: ['qa'],
    },
    'Build passes: signed',
  ],
  [
    { type: 'item_started', item: { kind: 'exit', stageNo: 1, opening: 1, no: 2 }, title: 'npm test', run: 1 },
    'npm test: started',
  ],
  [
    {
      type: 'item_changed',
      item: { kind: 'exit', stageNo: 1, opening: 1, no: 2 },
      title: 'npm test',
      was: 'running',
      to: 'unknown',
      required: true,
      note: 'npm was not done within 600 s',
      roles: [],
      run: 1,
    },
    'npm test: end not known: npm was not done within 600 s',
  ],
  [
    {
      type: 'owners_asked',
      lists: [
        { kind: 'exit', stageNo: 1, owners: ['qa', 'sre'] },
        { kind: 'before', stageNo: 2, owners: ['qa'] },
      ],
    },
    'called qa, sre for what is left to do',
  ],
  [{ type: 'lists_closed' }, 'what was to be done afterwards is closed after 30 days'],
  [{ type: 'begun', reason: '' }, 'begun: what was to be done before it is done'],
  [{ type: 'first_stage_waits' }, 'read and written back; the first stage waits for what is to be done before it'],
  [{ type: 'cancelled', reason: 'next week' }, 'cancelled before it began: “next week”'],
] as const satisfies readonly (readonly [Event, string])[];

test('every event has its line', () => {
  expectTypeOf<(typeof LINES)[number][0]['type']>().toEqualTypeOf<EventType>();
});

test.each<readonly [Event, string]>(LINES)('%j', (event, line) => {
  const recorded = { seq: 1, at: NOW, actor: OPAL, event };
  const said = readable(renderHistory({ rollout: rolloutAt('baking'), events: [recorded], total: 1 }));
  expect(said).toBe(`*New checkout* · 1 event\n1 · 19:19:20 UTC · <@UOPAL> · ${line}`);
});

describe('of many events', () => {
  const rollout = rolloutAt('baking');
  const recorded = (seq: number, event: Event = { type: 'reminded' }) => ({ seq, at: NOW, actor: OPAL, event });
  const many = Array.from({ length: 46 }, (_, index) => recorded(index + 1));
  const shown = (page: HistoryPage, all = many) => {
    const events = historyPage({ rollout, events: all, page });
    return readable(renderHistory({ rollout, ...events, total: all.length }));
  };
  const numbers = (text: string) => [...text.matchAll(/^(\d+) · /gm)].map(([, no]) => Number(no));
  const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

  test('the newest fifteen are shown, and the words and the button for those before', () => {
    const text = shown({ no: 1 });
    expect(numbers(text)).toEqual(from(32, 46));
    expect(text).toContain('… 31 earlier: `/rollout history new-checkout 2`');
    expect(text).toContain('[ Earlier (31) ]');
    expect(text).not.toContain('later\n');
  });

  test.each<[HistoryPage, number[]]>([
    [{ no: 2 }, from(17, 31)],
    [{ no: 3 }, from(2, 16)],
    [{ no: 4 }, [1]],
    [{ no: 99 }, [1]],
    [{ before: 32 }, from(17, 31)],
    [{ before: 5 }, from(1, 4)],
  ])('%j shows %j', (page, expected) => expect(numbers(shown(page))).toEqual(expected));

  test('the oldest page offers nothing before it, and counts what came later', () => {
    expect(shown({ no: 4 })).toContain('… 45 later');
    expect(shown({ no: 4 })).not.toContain('Earlier');
  });

  test('no event is lost between two pages, however long its line', () => {
    const long = many.map(({ seq }) => recorded(seq, { type: 'paused', reason: `${seq} `.repeat(60) }));
    const pages = from(1, 12).map((no) => numbers(shown({ no }, long)));
    expect([...new Set(pages.flat())].sort((a, b) => a - b)).toEqual(from(1, 46));
    expect(pages[0]?.length).toBeLessThan(15);
  });

  test('all are as many as one message holds, and what is before them can be had', () => {
    const text = shown('all');
    expect(numbers(text).length).toBeGreaterThan(30);
    expect(numbers(text).at(-1)).toBe(46);
    if (numbers(text).length < 46) expect(text).toContain('[ Earlier (');
  });

  test.each([
    ['', { no: 1 }],
    ['2', { no: 2 }],
    ['page 3', { no: 3 }],
    ['p. 3', { no: 3 }],
    ['0', { no: 1 }],
    ['99999', { no: 1 }],
    ['all', 'all'],
    ['ALL of it', 'all'],
    ['everything', 'all'],
    ['earlier', { no: 2 }],
    ['older please', { no: 2 }],
    ['3rd', { no: 1 }],
    ['please', { no: 1 }],
  ])('“history %s” is the page %j', (words, page) => expect(readPage(words)).toEqual(page));
});
