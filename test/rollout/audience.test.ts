import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/rollout/plan/actor.js';
import { ALERTS, audienceOf, callable, contactsOf, type Heard, hearingOf } from '../../src/rollout/state/audience.js';
import type { Message } from '../../src/rollout/state/effects.js';
import type { AlertKind, Member } from '../../src/rollout/state/rollout.js';
import { alertOf, requestFor, rollbackFrom, rolloutAt } from '../support/rollouts.js';
import { MINUTE, NOON, OLGA, plus, SHELL } from './fixture.js';

const KINDS = Object.keys(ALERTS) as AlertKind[];
const LOUD = KINDS.filter((kind) => ALERTS[kind].heard === 'at_once');
const FRIDAY_NIGHT = new Date('2026-11-20T23:00:00Z');
const heard = (more: Partial<Heard>): string => {
  const usual = { kind: 'warning', lastedMs: 5 * MINUTE, had: [], told: false, stopsClock: false } as const;
  const { place, calls } = hearingOf({ ...usual, timezone: 'UTC', now: NOON, ...more });
  return `${place}${calls ? ', calls' : ''}`;
};

describe('what of an alert is heard', () => {
  const had: readonly Actor[] = [OLGA.actor];
  const everything = LOUD.flatMap((kind) =>
    [NOON, FRIDAY_NIGHT].flatMap((now) =>
      [[], had].flatMap((who) => [true, false].map((told) => ({ kind, now, had: who, told, lastedMs: 0 }))),
    ),
  );

  test.each(everything)('$kind: in the channel at once, with a call, at any hour, whoever has what', (more) => {
    expect(heard(more)).toBe('channel, calls');
  });

  test.each<[string, Partial<Heard>, string]>([
    ['new', { lastedMs: 0 }, 'thread'],
    ['a second too short', { lastedMs: 5 * MINUTE - 1_000 }, 'thread'],
    ['that lasted', {}, 'channel, calls'],
    ['that lasted, at night', { now: FRIDAY_NIGHT }, 'channel'],
    ['that lasted, at night, and stops the clock', { now: FRIDAY_NIGHT, stopsClock: true }, 'channel, calls'],
    ['that stops the clock, new', { lastedMs: 0, stopsClock: true }, 'thread'],
    ['that somebody has', { had }, 'thread'],
    ['that somebody has and that stops the clock', { had, stopsClock: true, now: FRIDAY_NIGHT }, 'thread'],
    ['that the channel knows', { told: true }, 'thread'],
    ['that lasted, where it is Friday evening by then', { timezone: 'Asia/Tokyo' }, 'channel'],
    [
      'that lasted, where it is Friday night still',
      { now: FRIDAY_NIGHT, timezone: 'America/Los_Angeles' },
      'channel, calls',
    ],
  ])('a warning %s', (_name, more, where) => {
    expect(heard(more)).toBe(where);
  });
});

describe('who may be called', () => {
  const [a, b]: Member[] = [
    { kind: 'user', id: 'U1' },
    { kind: 'group', id: 'U1' },
  ];
  const members = [a, b].filter((one) => one !== undefined);
  const ids = (called: Parameters<typeof callable>[1], now = NOON) =>
    callable(members, called, now).map(({ kind }) => kind);

  test.each<[string, number, string[]]>([
    ['who was called this moment', 0, ['group']],
    ['who was called a second too lately', 15 * MINUTE - 1_000, ['group']],
    ['who was called fifteen minutes ago', 15 * MINUTE, ['user', 'group']],
  ])('%s', (_name, ago, left) => {
    expect(ids([{ member: { kind: 'user', id: 'U1' }, at: plus(-ago) }])).toEqual(left);
  });

  test('the last call counts', () => {
    const member = { kind: 'user', id: 'U1' } as const;
    expect(
      ids([
        { member, at: plus(-60 * MINUTE) },
        { member, at: plus(-MINUTE) },
      ]),
    ).toEqual(['group']);
  });

  test('nobody, where there is nobody at all', () => {
    const { plan } = rolloutAt('baking');
    expect(contactsOf({ plan: { ...plan, contact: [] }, people: {}, startedBy: SHELL.actor })).toEqual([]);
  });
});

describe('the table of messages', () => {
  const request = requestFor();
  const incident = { rollback: rollbackFrom(50), tookMs: null, exposure: null };
  const cause = { reason: 'person', by: OLGA.actor, note: '' } as const;
  const ordered = { rollback: rollbackFrom(50, { cause }), tookMs: 1 };
  const said = (message: Message): string => {
    const { place, mustHear, still, urgent } = audienceOf(message);
    return [place, mustHear ?? '-', still ?? '-', ...(urgent ? ['urgent'] : [])].join(' ');
  };
  const over = { closed: { at: NOON, value: 1, how: 'over' } } as const;
  const by = OLGA.actor;
  const bake = { stageNo: 1, observedMs: 1, issues: { opened: 0, closed: 0 }, numbers: {} };
  const passed = { ...bake, attempt: 1, passedAt: NOON, wallMs: 1 };
  const measured = { no: 1, numbers: {}, readings: 1, exposure: 0 };

  /** A template that has no line here does not compile. */
  const table: { readonly [T in Message['template']]: readonly [Extract<Message, { template: T }>, string][] } = {
    live: [[{ template: 'live' }, 'root - -']],
    approval_request: [
      [{ template: 'approval_request', request, outcome: { kind: 'open' } }, 'channel starter open'],
      [{ template: 'approval_request', request, outcome: { kind: 'granted' } }, 'channel starter over'],
    ],
    alert: [
      [alertOf(), 'thread - open'],
      [alertOf({}, { place: 'channel' }), 'channel contacts open'],
      [alertOf(over, { place: 'channel' }), 'channel contacts over'],
    ],
    incident: [
      [{ template: 'incident', ...incident }, 'channel contacts open urgent'],
      [{ template: 'incident', ...ordered, exposure: null }, 'channel contacts open urgent'],
      [{ template: 'incident', ...ordered, exposure: 0 }, 'channel starter open urgent'],
    ],
    rolled_back: [[{ template: 'rolled_back', ...incident }, 'person - -']],
    outcome: [[{ template: 'outcome', request, outcome: { kind: 'granted' } }, 'person - -']],
    paused: [[{ template: 'paused', by, reason: '', exposure: 1 }, 'person - -']],
    completed: [[{ template: 'completed', ...bake, wallMs: 1, unwatched: null }, 'channel starter -']],
    not_started: [[{ template: 'not_started', reason: 'rehearsal_failed', detail: null }, 'thread starter -']],
    reminder: [[{ template: 'reminder', waitingFor: 'advance', since: NOON }, 'thread starter -']],
    owners_asked: [[{ template: 'owners_asked', lists: [] }, 'thread - -']],
    said: [[{ template: 'said', text: 'deploying' }, 'thread - -']],
    list_card: [
      [{ template: 'list_card', list: { kind: 'exit', stageNo: 1, opening: 1 }, open: true }, 'thread - open'],
      [{ template: 'list_card', list: { kind: 'exit', stageNo: 1, opening: 1 }, open: false }, 'thread - over'],
    ],
    report_due: [[{ template: 'report_due', check: 'a' }, 'thread - -']],
    change: [[{ template: 'change', by, exposure: 1, event: { type: 'paused', reason: '' } }, 'thread - -']],
    stage_start: [[{ template: 'stage_start', stageNo: 1, exposure: 1, bakeMs: 1, at: NOON }, 'thread - -']],
    stage_complete: [[{ template: 'stage_complete', ...passed }, 'thread - -']],
    baseline: [[{ template: 'baseline', ...measured, by, reason: '', missed: null }, 'thread - -']],
    summary: [[{ template: 'summary', ...bake, exposure: 1, verdicts: {} }, 'thread - -']],
  };

  test.each<readonly [Message, string]>(Object.values(table).flat())('$template: %s', (message, line) => {
    expect(said(message)).toBe(line);
  });
});
