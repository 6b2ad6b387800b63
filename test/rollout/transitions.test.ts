import { describe, expect, test } from 'vitest';
import { PHASES, type Phase } from '../../src/rollout/state/rollout.js';
import { isLegal, legalVerbs, MOVING_VERBS, type MovingVerb } from '../../src/rollout/state/verbs.js';
import { commandOf, idOf } from './command-of.js';
import { BEA, LENA, MINUTE, OLGA, type Person } from './fixture.js';
import type { Story } from './given.js';
import { inPhase } from './phases.js';

const CLOSED = 'request_closed';
const NOT_NOW = 'wrong_phase';

/** What each verb is answered in each phase: ok, nothing to do, or the reason. A verb that has no row does not compile. */
const ANSWERS: Readonly<Record<MovingVerb, { readonly [P in Phase]?: string } & { readonly otherwise: string }>> = {
  advance: { otherwise: NOT_NOW, planned: 'items_unmet', ready: 'accepted', baking: 'bake_incomplete' },
  approve: { otherwise: CLOSED, awaiting_approval: 'accepted' },
  deny: { otherwise: CLOSED, awaiting_approval: 'accepted' },
  withdraw: { otherwise: CLOSED, awaiting_approval: 'not_voted', applying: 'accepted' },
  pause: {
    otherwise: NOT_NOW,
    ready: 'accepted',
    awaiting_approval: 'accepted',
    applying: 'accepted',
    baking: 'accepted',
    held: 'nothing',
  },
  resume: { otherwise: NOT_NOW, held: 'accepted' },
  extend: { otherwise: NOT_NOW, ready: 'accepted', baking: 'accepted', held: 'accepted' },
  finish: { otherwise: NOT_NOW, ready: 'accepted', held: 'accepted' },
  rollback: {
    otherwise: NOT_NOW,
    planned: 'accepted',
    starting: 'accepted',
    ready: 'accepted',
    awaiting_approval: 'accepted',
    applying: 'accepted',
    baking: 'accepted',
    held: 'accepted',
    rolling_back: 'nothing',
    rolled_back: 'accepted',
    completed: 'accepted',
  },
  have: {
    otherwise: NOT_NOW,
    ready: 'accepted',
    awaiting_approval: 'accepted',
    applying: 'accepted',
    baking: 'accepted',
    held: 'accepted',
    rolling_back: 'accepted',
    rolled_back: 'accepted',
    completed: 'accepted',
  },
  baseline: {
    otherwise: NOT_NOW,
    ready: 'accepted',
    awaiting_approval: 'accepted',
    baking: 'accepted',
    held: 'accepted',
  },
  report: {
    otherwise: NOT_NOW,
    starting: 'accepted',
    ready: 'accepted',
    awaiting_approval: 'accepted',
    applying: 'accepted',
    baking: 'accepted',
    held: 'accepted',
  },
  // The plan of these stories has no list; what items are answered is `items.test.ts`.
  done: { otherwise: 'list_closed', not_started: NOT_NOW },
  fail: { otherwise: 'list_closed', not_started: NOT_NOW },
  reopen: { otherwise: 'list_closed', not_started: NOT_NOW },
  run: { otherwise: 'list_closed', not_started: NOT_NOW },
  waive: { otherwise: 'list_closed', not_started: NOT_NOW },
};

const pairs = PHASES.flatMap((phase) =>
  MOVING_VERBS.map((verb) => [verb, phase, ANSWERS[verb][phase] ?? ANSWERS[verb].otherwise] as const),
);

/** There has to be something to have. */
function alerted(story: Story): void {
  const at = { since: story.now, beganAt: story.now, exposure: story.rollout.exposure.confirmed };
  const episode = {
    subject: 'errors',
    no: 1,
    kind: 'warning',
    ...at,
    reason: null,
    detail: null,
    value: 3,
    open: true,
  } as const;
  story.rollout = { ...story.rollout, alerts: { ...story.rollout.alerts, episodes: { errors: episode } } };
}

/** There has to be something to report, and a baseline to measure. */
function measured(story: Story): void {
  const complaints = { name: 'complaints', title: 'Complaints', unit: '' };
  const probe = { kind: 'manual', ask: 'How many?', everyMs: MINUTE } as const;
  const { plan } = story.rollout;
  const checks = [...plan.checks, { ...complaints, probe, critical: { op: 'above', value: 5 } as const }];
  story.rollout = { ...story.rollout, plan: { ...plan, baselineMs: MINUTE, checks } };
}

describe('the table of verbs and phases', () => {
  test.each(pairs)('%s in %s is answered: %s', (verb, phase, answer) => {
    const story = inPhase(phase);
    expect(story.rollout.phase).toBe(phase);
    if (verb === 'have') alerted(story);
    if (verb === 'baseline' || verb === 'report') measured(story);
    const person: Person = verb === 'approve' || verb === 'deny' || verb === 'withdraw' ? LENA : OLGA;
    expect(story.asks(person, commandOf(verb, idOf(story.rollout))).answer).toBe(answer);
  });

  // "Already so" is a kind answer to a verb the table does not offer (pause) or to one asked twice (rollback).
  test.each(pairs)('%s in %s is offered exactly when the rules accept it', (verb, phase, answer) => {
    if (answer === 'nothing') return expect(legalVerbs('held')).not.toContain('pause');
    // Whether there is a list that is open, or an approval of one's own to take back, is not the phase's matter.
    expect(isLegal(verb, phase)).toBe(['accepted', 'not_voted', 'list_closed', 'items_unmet'].includes(answer));
  });

  test('a refusal for the phase names the phase and a verb that helps', () => {
    const { last } = inPhase('baking').finishes();
    expect(last).toMatchObject({
      outcome: 'refused',
      refusal: { conditions: [{ kind: 'phase', ok: false, phase: 'baking' }], helps: 'status' },
    });
    const over = inPhase('completed').pauses().last;
    expect(over).toMatchObject({ outcome: 'refused', refusal: { helps: 'start' } });
  });

  test('nobody becomes allowed by being refused for the phase first: who comes before when', () => {
    expect(inPhase('rolled_back').asks(LENA, { type: 'resume', reason: '' }).last).toMatchObject({
      refusal: { reason: 'not_allowed', conditions: [{ kind: 'who', ok: false, needs: ['operators'] }] },
    });
    expect(inPhase('held').asks(BEA, { type: 'resume', reason: '' }).answer).toBe('accepted');
  });
});
