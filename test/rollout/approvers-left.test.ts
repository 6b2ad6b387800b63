import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/rollout/plan/plan.js';
import type { CommandAsked } from '../../src/rollout/state/commands.js';
import {
  ANY_TWO,
  BEA,
  holders,
  LARS,
  LEAD,
  LEAD_AND_SRE,
  LENA,
  member,
  OLGA,
  OPEN_PLAN,
  OTTO,
  type Person,
  PLAN,
  SAM,
  stage,
} from './fixture.js';
import { bakingStage1, inPhase } from './phases.js';

const BOTH_PLAN: Plan = { ...PLAN, stages: [stage(1, 10), stage(2, 25, LEAD_AND_SRE), stage(3, 50), stage(4, 100)] };

/** Stage 1 is done and stage 2 is asked for, while these people hold roles. */
function asksAmong(
  people: CommandAsked['holders'],
  { person = OLGA, plan = PLAN }: { person?: Person; plan?: Plan } = {},
) {
  return bakingStage1(plan).baked().asks(person, { type: 'advance', to: null, reason: '' }, people);
}

describe('advance, while too few people are left who could approve', () => {
  test('is refused at once, with the stage, who it needs and who is left', () => {
    const story = asksAmong(holders(OLGA, LENA));
    expect(story.last).toMatchObject({
      outcome: 'refused',
      refusal: {
        reason: 'too_few_approvers',
        conditions: [{ kind: 'approvers', ok: false, stage: 'to-25', quorum: ANY_TWO, people: ['ULENA'] }],
      },
    });
    expect(story.rollout.phase).toBe('ready');
  });

  test('is accepted when just enough are left', () => {
    expect(asksAmong(holders(OLGA, LENA, SAM)).rollout.phase).toBe('awaiting_approval');
  });

  test('does not count who asks, whatever roles they hold', () => {
    expect(asksAmong(holders(BEA, LENA), { person: BEA }).last).toMatchObject({
      refusal: { reason: 'too_few_approvers', conditions: [{ people: ['ULENA'] }] },
    });
    expect(asksAmong(holders(BEA, LENA, LARS), { person: BEA }).answer).toBe('accepted');
  });

  test('takes one person for one role only, where it needs one of each', () => {
    expect(asksAmong(holders(OLGA, BEA), { plan: BOTH_PLAN }).last).toMatchObject({
      refusal: { reason: 'too_few_approvers', conditions: [{ quorum: LEAD_AND_SRE, people: ['UBEA'] }] },
    });
    expect(asksAmong(holders(OLGA, BEA, SAM), { plan: BOTH_PLAN }).answer).toBe('accepted');
  });

  test('names only who holds a role that is needed', () => {
    expect(asksAmong(holders(OLGA, OTTO, SAM)).last).toMatchObject({ refusal: { conditions: [{ people: ['USAM'] }] } });
  });

  test('does not take the same id in another workspace for who asks', () => {
    const namesake: Person = { ...LENA, actor: { kind: 'slack', teamId: 'T2', userId: 'UOLGA' } };
    expect(asksAmong(holders(OLGA, namesake, SAM)).answer).toBe('accepted');
  });

  test('is refused as not known when Slack does not say who holds the roles', () => {
    expect(asksAmong(null).last).toMatchObject({ refusal: { reason: 'membership_unknown', helps: 'advance' } });
  });

  test('asks nobody where the stage needs nobody', () => {
    expect(asksAmong(null, { plan: OPEN_PLAN }).rollout.phase).toBe('applying');
    expect(asksAmong([], { plan: OPEN_PLAN }).rollout.phase).toBe('applying');
  });

  test('says first what else is in the way', () => {
    const ask = { type: 'advance', to: null, reason: '' } as const;
    expect(inPhase('baking').asks(OLGA, ask, []).answer).toBe('bake_incomplete');
    expect(inPhase('ready').assessed({ errors: 'unknown' }).asks(OLGA, ask, null).answer).toBe('health_not_known');
  });
});

describe('an override, while too few people are left', () => {
  const early = { type: 'advance', to: null, reason: 'the fair opens', override: true } as const;

  test('needs another operator where the stage needs nobody', () => {
    const alone = inPhase('baking', OPEN_PLAN).asks(OLGA, early, holders(OLGA, LENA, SAM));
    expect(alone.last).toMatchObject({
      refusal: { reason: 'too_few_approvers', conditions: [{ quorum: { roles: ['operators'] }, people: [] }] },
    });
    expect(inPhase('baking', OPEN_PLAN).asks(OLGA, early, holders(OLGA, OTTO)).answer).toBe('accepted');
  });

  test('needs who the stage needs, not an operator, where it needs somebody', () => {
    const story = inPhase('baking').asks(OLGA, early, holders(OLGA, OTTO));
    expect(story.last).toMatchObject({
      refusal: { reason: 'too_few_approvers', conditions: [{ stage: 'to-50', quorum: LEAD, people: [] }] },
    });
    const someone = member('UANY', 'engineering-lead');
    expect(inPhase('baking').asks(OLGA, early, holders(OLGA, someone)).answer).toBe('accepted');
  });
});
