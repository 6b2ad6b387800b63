/** Whether the people a plan names could ever give the approvals it asks for. */
import { describe, expect, test } from 'vitest';
import { parseChanged, problemsOf } from './build-plan.js';

const PEOPLE = {
  operators: ['@release-team'],
  lead: ['U1'],
  deputy: ['U1'],
  leads: ['U1', 'lead@example.com', 'LEAD@example.com'],
  crowd: ['S9'],
  handles: ['@crowd', 'U1'],
  wrong: ['somebody'],
};

function problemsWith(approve: unknown): string[] {
  return problemsOf(parseChanged({ people: PEOPLE, 'stages.0.approve': approve })).filter(
    (problem) => !problem.startsWith('people'),
  );
}

describe('given people who are enough', () => {
  test.each([
    ['one person for one', { any: 1, of: ['lead'] }],
    ['two people of one role', { any: 2, of: ['leads'] }],
    ['a group, which may hold any number', { any: 20, of: ['crowd'] }],
    ['a group by its handle beside a person', { any: 20, of: ['lead', 'handles'] }],
    ['a different person for each role', ['lead', 'leads']],
    ['a group that fills the second role', ['lead', 'crowd']],
    ['one group for two roles', ['handles', 'crowd']],
  ])('when the stage asks for %s, then nothing is wrong', (_, approve) => {
    expect(problemsWith(approve)).toEqual([]);
  });
});

describe('given too few people', () => {
  test.each([
    ['two of one person', { any: 2, of: ['lead'] }, 'stages[0].approve.any quorum'],
    ['two of a person in two roles', { any: 2, of: ['lead', 'deputy'] }, 'stages[0].approve.any quorum'],
    ['three of a person and one address twice', { any: 3, of: ['leads'] }, 'stages[0].approve.any quorum'],
    ['each of two roles that are one person', ['lead', 'deputy'], 'stages[0].approve quorum'],
  ])('when the stage asks for %s, then it is told', (_, approve, problem) => {
    expect(problemsWith(approve)).toEqual([problem]);
  });
});

describe('given another mistake in the same place, then only that one is told', () => {
  test.each([
    ['a role that is none', { any: 2, of: ['lead', 'nobody'] }, ['stages[0].approve.of[1] unknown_role']],
    ['a role twice', ['lead', 'lead'], ['stages[0].approve[1] duplicate']],
    ['a role twice among any', { any: 2, of: ['lead', 'lead'] }, ['stages[0].approve.of[1] duplicate']],
    ['a role that is no text', { any: 2, of: ['lead', 5] }, ['stages[0].approve.of[1] invalid']],
    ['a number that is too large', { any: 21, of: ['lead'] }, ['stages[0].approve.any invalid']],
    ['half a person', { any: 1.5, of: ['lead'] }, ['stages[0].approve.any invalid']],
    ['somebody who cannot be read', { any: 2, of: ['wrong'] }, []],
  ])('%s', (_, approve, problems) => {
    expect(problemsWith(approve)).toEqual(problems);
  });
});

test('the operators of the smallest plan are a group, and enough', () => {
  expect(problemsOf(parseChanged({ 'stages.0.approve': { any: 20, of: ['operators'] } }))).toEqual([]);
});
