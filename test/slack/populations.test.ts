/** Named users, tenants, on and off, and whose percentage it is: said as the plan says it, never as a number of their own. */
import { describe, expect, test } from 'vitest';
import { plainExposure } from '../../src/rollout/plan/exposure.js';
import type { Plan } from '../../src/rollout/plan/plan.js';
import type { Event } from '../../src/rollout/state/events.js';
import type { Phase, Rollout } from '../../src/rollout/state/rollout.js';
import { renderHistory, renderList, renderMessage } from '../../src/slack/words/messages/index.js';
import {
  atWords,
  beginsWords,
  exposureOfWhom,
  exposureWords,
  offWords,
  shareGets,
} from '../../src/slack/words/phrases/exposure.js';
import { stageLabel, stageLine } from '../../src/slack/words/phrases/stages.js';
import { percent } from '../../src/slack/words/text.js';
import {
  type ChangesIn,
  changed,
  NOW,
  OPAL,
  PLAN,
  requestFor,
  rollbackFrom,
  rolloutAt,
  stage,
  watchAt,
} from '../support/rollouts.js';
import { everyMessage } from './every-message.js';
import { buttonsIn, readable } from './readable.js';

const [TEAM, FRIENDS] = [0.0001, 0.0002];

const NAMED: Plan = {
  ...PLAN,
  stages: [
    stage(1, TEAM, { name: 'team', title: 'Our own team', population: { kind: 'users', users: ['a', 'b'] } }),
    stage(2, FRIENDS, { name: 'friends', title: 'Friends', population: { kind: 'users', users: ['a', 'b', 'c'] } }),
    stage(3, 100, { name: 'everyone', title: 'Everyone', population: { kind: 'everyone' } }),
  ],
};
const TENANTS: Plan = {
  ...PLAN,
  stages: [
    stage(1, 10, { title: 'Pilots', population: { kind: 'tenants', tenants: ['acme'] } }),
    stage(2, 50, { title: 'Half', population: { kind: 'part', of: 'tenants' } }),
    stage(3, 100, { title: 'Everyone' }),
  ],
};
const BETA: Plan = {
  ...PLAN,
  stages: [stage(1, 10, { title: 'Beta', population: { kind: 'part', of: 'beta <group>' } }), stage(2, 100)],
};

describe('an exposure in words', () => {
  test.each([
    [NAMED, 0, 'while off', 'Begins while off'],
    [NAMED, 100, 'while on', 'Begins by switching it on'],
    [NAMED, TEAM, 'with 2 named users', 'Begins with 2 named users'],
    [TENANTS, 10, 'with 1 tenant', 'Begins with 1 tenant'],
    [TENANTS, 50, 'at 50 %', 'Begins at 50 %'],
  ])('%# behind a state, and how a run begins there', (plan, exposure, behind, begins) => {
    expect(atWords(plan, exposure).replaceAll('\u00a0', ' ')).toBe(behind);
    expect(beginsWords(plan, exposure, 'Begins').replaceAll('\u00a0', ' ')).toBe(begins);
  });

  test.each([
    [NAMED, 0, 'off', 'no user now gets'],
    [NAMED, TEAM, '2 named users', '2 named users now get'],
    [NAMED, 0.0009, 'named users', 'named users now get'],
    [NAMED, 100, 'on', 'every user now gets'],
    [NAMED, 50, '50 %', '1 in 2 users now gets'],
    [TENANTS, 0, '0 %', ''],
    [TENANTS, 10, '1 tenant', '1 tenant now gets'],
    [TENANTS, 50, '50 %', '50 % of tenants now get'],
    [TENANTS, 100, '100 %', 'every user now gets'],
    [BETA, 10, '10 %', '10 % of beta &lt;group&gt; now get'],
    [PLAN, 33, '33 %', '33 % of users now get'],
  ])('%#', (plan, exposure, words, clause) => {
    expect(exposureWords(plan, exposure).replaceAll('\u00a0', ' ')).toBe(words);
    expect(plainExposure(plan, exposure)).toBe(words);
    if (clause !== '') expect(shareGets(plan, exposure).replaceAll('\u00a0', ' ')).toBe(clause);
  });

  test('where no plan is at hand, named users are still no number', () => {
    expect(percent(TEAM)).toBe('named users');
    expect(percent(0.01)).toBe('0.01\u00a0%');
  });

  test('two stages with one exposure and other people do not lend each other their words', () => {
    const other = {
      ...BETA,
      stages: [...BETA.stages, stage(3, 10, { population: { kind: 'part', of: 'everybody else' } })],
    };
    expect(exposureOfWhom(other, 10)).toBe('10\u00a0%');
    expect(other.stages.map(stageLabel)[0]).toBe('10\u00a0% of beta &lt;group&gt; · Beta');
  });

  test('off is said once', () => {
    expect([offWords(NAMED), offWords(PLAN)]).toEqual(['off', '0\u00a0% (off)']);
  });
});

function at(phase: Phase, more: ChangesIn<Phase> = {}): Rollout {
  return changed(rolloutAt(phase, { plan: NAMED, exposure: { confirmed: FRIENDS, wanted: FRIENDS } }), more);
}

const ctx = (rollout: Rollout) => ({ rollout, watch: watchAt(), now: NOW, lowering: null, byHand: [] });

describe('a rollout that begins with named users', () => {
  test('its stages, done, now and next', () => {
    expect(stageLine(at('baking')).replaceAll('\u00a0', ' ')).toBe(
      '✔ Done 2 named users \u2003▶ Now 3 named users · Friends\n○ Then on',
    );
  });

  test('the live message, its button, and what a rollback asks', () => {
    const live = renderMessage({ template: 'live' }, ctx(at('ready')));
    expect(readable(live)).toContain('🔵 *Ready* · New checkout · 3 named users');
    const advance = buttonsIn(live).find((button) => button.action_id === 'rollout_advance');
    expect(advance?.text.text).toBe('Switch on');
    expect(JSON.stringify(buttonsIn(live))).toContain('New checkout: from 3 named users to off at once.');
  });

  test('the card says the move', () => {
    const quorum = { kind: 'any', count: 1, roles: ['operators'] } as const;
    const request = requestFor({ stageNo: 3, from: FRIENDS, to: 100, quorum });
    const card = renderMessage(
      { template: 'approval_request', request, outcome: { kind: 'open' } },
      ctx(at('awaiting_approval', { stage: { no: 2 }, request })),
    );
    expect(readable(card)).toContain('*3 named users → on* · New checkout');
    expect(readable(card)).toContain('Approve: it is switched on at once, if the checks still hold');
  });

  test('the start of a stage and an incident', () => {
    const start = renderMessage(
      { template: 'stage_start', stageNo: 2, exposure: FRIENDS, bakeMs: 1, at: NOW },
      ctx(at('baking')),
    );
    expect(readable(start)).toContain(
      '▶ *3 named users started*: 3 named users now get New checkout (read back 3 named users).',
    );
    const rollback = rollbackFrom(FRIENDS);
    const incident = renderMessage(
      { template: 'incident', rollback, tookMs: 1_400, exposure: 0 },
      ctx(at('rolled_back', { exposure: { confirmed: 0 }, rollback })),
    );
    expect(readable(incident)).toContain('from 3 named users to off');
    expect(readable(incident)).toContain('3 named users for about');
  });

  test('the list and the history', () => {
    const row = {
      name: 'n',
      title: 'N',
      phase: 'baking',
      rollback: null,
      episodes: {},
      stage: 'Friends',
      plan: NAMED,
      exposure: FRIENDS,
      channelId: 'C1',
    } as const;
    expect(readable(renderList([row]))).toContain('3 named users · Friends');
    const events: Event[] = [
      { type: 'rehearsed', anchor: 0, verdicts: {}, numbers: {} },
      { type: 'exposure_confirmed', exposure: TEAM },
      { type: 'drift_found', direction: 'up', expected: TEAM, found: FRIENDS, detail: '' },
      { type: 'rollback_confirmed', exposure: 0, tookMs: 1_000 },
    ];
    const told = events.map((event, index) => ({ seq: index + 1, at: NOW, actor: OPAL, event }));
    const history = readable(renderHistory({ rollout: at('baking'), events: told, total: 4 }));
    for (const words of [
      'targets read off',
      'read back 2 named users',
      'found 3 named users, expected 2 named users',
    ]) {
      expect(history).toContain(words);
    }
  });
});

/** The same messages of a rollout whose 10 % and 50 % are named users, and whose 100 % is on. */
function named<T>(value: T): T {
  const places = new Map([
    [10, TEAM],
    [50, FRIENDS],
  ]);
  const keys = new Set(['exposure', 'confirmed', 'wanted', 'from', 'to', 'found', 'expected']);
  return JSON.parse(
    JSON.stringify(value, (_, one) => one),
    (key, one) => {
      if (keys.has(key) && typeof one === 'number') return places.get(one) ?? one;
      if (key === 'stages' && Array.isArray(one)) return NAMED.stages;
      return /(?:At|since|at)$/.test(key) && typeof one === 'string' && !Number.isNaN(Date.parse(one))
        ? new Date(one)
        : one;
    },
  );
}

describe('no post shows a place below the percentages as a number', () => {
  const posts = everyMessage('words', { checks: 4, stages: 3, as: named });
  test.each(Object.keys(posts))('%s', (name) => {
    const shown = JSON.stringify(posts[name]?.()).replaceAll('\u00a0', ' ');
    expect(/.{40}(?:0\.000|1e-|100 %).{20}/.exec(shown)?.[0]).toBeUndefined();
    // On and off are no places that one goes to or stands at, and named users are no height.
    expect(/.{40}\b(?:(?:at|to|of) on|at (?:off|\d+ named users))\b.{20}/.exec(shown)?.[0]).toBeUndefined();
  });
});
