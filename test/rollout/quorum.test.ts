import { describe, expect, test } from 'vitest';
import { canBeGranted, tally, type Voter } from '../../src/rollout/plan/quorum.js';
import { ANY_TWO, LEAD, LEAD_AND_SRE } from './fixture.js';

const lena: Voter = { key: 'lena', roles: ['engineering-lead'] };
const sam: Voter = { key: 'sam', roles: ['sre'] };
const bea: Voter = { key: 'bea', roles: ['engineering-lead', 'sre'] };
const pia: Voter = { key: 'pia', roles: ['product'] };

describe('one person from each role', () => {
  test('is granted when every role is filled', () => {
    expect(tally(LEAD_AND_SRE, [lena, sam])).toEqual({
      granted: true,
      have: 2,
      need: 2,
      missing: [],
      filled: { 'engineering-lead': 'lena', sre: 'sam' },
    });
  });

  test('is not granted by one person who holds both roles', () => {
    expect(tally(LEAD_AND_SRE, [bea])).toMatchObject({ granted: false, have: 1, missing: ['sre'] });
  });

  test.each([[[bea, lena]], [[lena, bea]], [[bea, sam]], [[sam, bea]]])(
    'gives who holds both roles the one that is left, in any order',
    (voters) => {
      expect(tally(LEAD_AND_SRE, voters).granted).toBe(true);
    },
  );

  test('finds the one arrangement of three people and three roles', () => {
    const quorum = { kind: 'each', roles: ['a', 'b', 'c'] } as const;
    const voters = [
      { key: '1', roles: ['a', 'b'] },
      { key: '2', roles: ['a', 'c'] },
      { key: '3', roles: ['a'] },
    ];
    expect(tally(quorum, voters)).toMatchObject({ granted: true, filled: { a: '3', b: '1', c: '2' } });
  });

  test('says which roles are missing and leaves out who holds none of them', () => {
    expect(tally(LEAD_AND_SRE, [pia, sam])).toMatchObject({ have: 1, missing: ['engineering-lead'] });
  });
});

describe('any number of several', () => {
  test('counts different people, whatever needed role they hold', () => {
    expect(tally(ANY_TWO, [lena, sam]).granted).toBe(true);
    expect(tally(ANY_TWO, [bea])).toMatchObject({ granted: false, have: 1, need: 2 });
  });

  test('counts the same person once', () => {
    expect(tally(ANY_TWO, [lena, { ...lena, roles: ['sre'] }])).toMatchObject({ granted: false, have: 1 });
  });

  test('does not count who holds none of the roles', () => {
    expect(tally(ANY_TWO, [lena, pia])).toMatchObject({ granted: false, have: 1 });
  });
});

describe('whether a quorum can be reached at all', () => {
  test('asks it of everybody together', () => {
    expect(canBeGranted(LEAD, [sam])).toBe(false);
    expect(canBeGranted(LEAD, [sam, lena])).toBe(true);
    expect(canBeGranted(LEAD_AND_SRE, [bea])).toBe(false);
    expect(canBeGranted(ANY_TWO, [bea, sam])).toBe(true);
  });
});
