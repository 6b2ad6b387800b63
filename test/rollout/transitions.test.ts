import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/rollout/state/commands.js';
import { PHASES, type Phase } from '../../src/rollout/state/rollout.js';
import { isLegal, legalVerbs, MOVING_VERBS, type MovingVerb } from '../../src/rollout/state/verbs.js';
import { BEA, LENA, MINUTE, OLGA, type Person } from './fixture.js';
import type { Story } from './given.js';
import { inPhase } from './phases.js';

const VERBS: readonly MovingVerb[] = [
  ...(['advance', 'approve', 'deny', 'withdraw', 'pause', 'resume', 'extend', 'finish', 'rollback', 'have'] as const),
  ...(['baseline', 'report'] as const),
];

/** What each phase answers to each verb, in the order of VERBS: ok, nothing to do, or the reason. */
const CLOSED = 'request_closed';
const NOT_NOW = 'wrong_phase';
const ANSWERS: Readonly<Record<Phase, readonly string[]>> = {
  starting: [
    NOT_NOW,
    CLOSED,
    CLOSED,
    CLOSED,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    'accepted',
    NOT_NOW,
    NOT_NOW,
    'accepted',
  ],
  ready: [
    'accepted',
    CLOSED,
    CLOSED,
    CLOSED,
    'accepted',
    NOT_NOW,
    'accepted',
    'accepted',
    'accepted',
    'accepted',
    'accepted',
    'accepted',
  ],
  awaiting_approval: [
    NOT_NOW,
    'accepted',
    'accepted',
    'not_voted',
    'accepted',
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    'accepted',
    'accepted',
    'accepted',
    'accepted',
  ],
  applying: [
    NOT_NOW,
    CLOSED,
    CLOSED,
    'accepted',
    'accepted',
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    'accepted',
    'accepted',
    NOT_NOW,
    'accepted',
  ],
  baking: [
    'bake_incomplete',
    CLOSED,
    CLOSED,
    CLOSED,
    'accepted',
    NOT_NOW,
    'accepted',
    NOT_NOW,
    'accepted',
    'accepted',
    'accepted',
    'accepted',
  ],
  held: [
    NOT_NOW,
    CLOSED,
    CLOSED,
    CLOSED,
    'nothing',
    'accepted',
    'accepted',
    'accepted',
    'accepted',
    'accepted',
    'accepted',
    'accepted',
  ],
  rolling_back: [
    NOT_NOW,
    CLOSED,
    CLOSED,
    CLOSED,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    'nothing',
    'accepted',
    NOT_NOW,
    NOT_NOW,
  ],
  rolled_back: [
    NOT_NOW,
    CLOSED,
    CLOSED,
    CLOSED,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    'accepted',
    'accepted',
    NOT_NOW,
    NOT_NOW,
  ],
  completed: [
    NOT_NOW,
    CLOSED,
    CLOSED,
    CLOSED,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    'accepted',
    'accepted',
    NOT_NOW,
    NOT_NOW,
  ],
  not_started: [
    NOT_NOW,
    CLOSED,
    CLOSED,
    CLOSED,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
    NOT_NOW,
  ],
};

const pairs = PHASES.flatMap((phase) =>
  VERBS.map((verb, at) => [verb, phase, ANSWERS[phase][at] ?? 'missing'] as const),
);

function commandFor(verb: MovingVerb, story: Story): Command {
  const { request, raise } = story.rollout;
  const requestId = request?.id ?? raise?.request?.id ?? 'none';
  switch (verb) {
    case 'advance':
      return { type: verb, to: null, reason: '' };
    case 'approve':
      return { type: verb, requestId, messageTs: '1.0' };
    case 'deny':
      return { type: verb, requestId, reason: 'not today', messageTs: '1.0' };
    case 'withdraw':
      return { type: verb, requestId };
    case 'extend':
      return { type: verb, byMs: MINUTE, reason: 'quiet night' };
    case 'rollback':
      return { type: verb, to: null, reason: '' };
    case 'finish':
      return { type: verb, reason: 'good enough' };
    case 'have':
      return { type: verb, subject: '' };
    case 'report':
      return { type: verb, check: 'complaints', value: 3, note: '' };
    default:
      return { type: verb, reason: 'because' };
  }
}

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
  test('every verb of the table is tried in every phase', () => {
    expect([...VERBS].sort()).toEqual([...MOVING_VERBS].sort());
  });

  test.each(pairs)('%s in %s is answered: %s', (verb, phase, answer) => {
    const story = inPhase(phase);
    expect(story.rollout.phase).toBe(phase);
    if (verb === 'have') alerted(story);
    if (verb === 'baseline' || verb === 'report') measured(story);
    const person: Person = verb === 'approve' || verb === 'deny' || verb === 'withdraw' ? LENA : OLGA;
    expect(story.asks(person, commandFor(verb, story)).answer).toBe(answer);
  });

  // "Already so" is a kind answer to a verb the table does not offer (pause) or to one asked twice (rollback).
  test.each(pairs)('%s in %s is offered exactly when the rules accept it', (verb, phase, answer) => {
    if (answer === 'nothing') return expect(legalVerbs('held')).not.toContain('pause');
    // Whether there is an approval of one's own to take back is not the phase's matter.
    expect(isLegal(verb, phase)).toBe(answer === 'accepted' || answer === 'not_voted');
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
