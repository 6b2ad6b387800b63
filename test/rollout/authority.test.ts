import { describe, expect, test } from 'vitest';
import type { Standing } from '../../src/rollout/plan/actor.js';
import { forbids, refusedDetail } from '../../src/rollout/state/authority.js';
import { VERBS, type Verb } from '../../src/rollout/state/verbs.js';

const READS = ['status', 'why', 'list', 'plans', 'alerts', 'history', 'items', 'help'] as const;
/** Open to every member: what is asked for is one's own, and nothing rises by it. */
const EVERYBODY = [...READS, 'withdraw'] as const;
const OPERATES = [
  'start',
  'advance',
  'pause',
  'resume',
  'extend',
  'finish',
  'rollback',
  'check',
  'have',
  'baseline',
  'report',
  'done',
  'fail',
  'reopen',
  'run',
  'output',
  'waive',
] as const;
/** Whose an item is, is looked at with the item. */
const SAFE = [
  ...(['pause', 'rollback', 'check', 'have', 'report'] as const),
  ...(['done', 'fail', 'reopen', 'run', 'output', 'waive'] as const),
] as const;

function standing(who: Standing['who'], roles: readonly string[] | 'unknown', lastKnownRoles: readonly string[] = []) {
  return { who, roles, lastKnownRoles } satisfies Standing;
}

/** Who may do what while the engineering lead's approval is open. Whatever is not listed is refused, with this reason. */
const TABLE: readonly (readonly [string, Standing, readonly Verb[], string])[] = [
  ['an operator', standing('member', ['operators']), [...EVERYBODY, ...OPERATES], 'not_allowed'],
  ['an approver', standing('member', ['engineering-lead']), [...EVERYBODY, ...SAFE, 'approve', 'deny'], 'not_allowed'],
  ['somebody in another role', standing('member', ['sre']), [...EVERYBODY, ...SAFE], 'not_allowed'],
  [
    ...(['an operator who is also an approver', standing('member', ['operators', 'engineering-lead'])] as const),
    ...([[...EVERYBODY, ...OPERATES, 'approve', 'deny'], 'not_allowed'] as const),
  ],
  ['a member without a role', standing('member', []), EVERYBODY, 'not_allowed'],
  ['a guest, whatever the role', standing('guest', ['operators']), [], 'guest_or_stranger'],
  ['a stranger, whatever the role', standing('stranger', ['operators']), [], 'guest_or_stranger'],
  ['a bot, whatever the role', standing('bot', ['operators', 'engineering-lead']), [], 'guest_or_stranger'],
  ['somebody deactivated', standing('deactivated', ['operators'], ['operators']), [], 'guest_or_stranger'],
  ['the command line', standing('cli', []), ['rollback', 'pause'], 'not_allowed'],
  ['the command line, whatever the role', standing('cli', ['operators']), ['rollback', 'pause'], 'not_allowed'],
  ['somebody nothing is known of', standing('unknown', 'unknown'), [], 'membership_unknown'],
  ['somebody last seen in a role', standing('unknown', 'unknown', ['sre']), ['rollback'], 'membership_unknown'],
];

const cases = TABLE.flatMap(([name, who, allowed, reason]) =>
  VERBS.map((verb) => [name, verb, allowed.includes(verb) ? null : reason, who] as const),
);

describe('who may do what', () => {
  test.each(cases)('%s · %s → %s', (_name, verb, expected, who) => {
    expect(forbids(verb, who, ['engineering-lead'])).toBe(expected);
  });

  test.each(VERBS)('a member whose roles could not be read: %s', (verb) => {
    const unread = standing('member', 'unknown', ['operators']);
    const expected = [...EVERYBODY, 'rollback'].includes(verb) ? null : 'membership_unknown';
    expect(forbids(verb, unread)).toBe(expected);
  });

  test('a rollback by a member nobody ever saw in a role is refused', () => {
    expect(forbids('rollback', standing('member', 'unknown', []))).toBe('not_allowed');
  });

  test('a role that is certain counts, whatever is not known of the others', () => {
    const unsure = { ...standing('member', ['sre'], ['sre', 'operators']), unsure: true };
    expect(forbids('pause', unsure)).toBeNull();
    expect(forbids('rollback', unsure)).toBeNull();
    expect(forbids('advance', unsure)).toBe('membership_unknown');
    expect(forbids('approve', unsure, ['engineering-lead'])).toBe('membership_unknown');
    expect(forbids('approve', { ...unsure, roles: ['engineering-lead'] }, ['engineering-lead'])).toBeNull();
  });

  test('where Slack never says it the reason says so, and what helps is with it', () => {
    const refused = 'plan_upgrade_required; this workspace has no user groups';
    for (const one of [standing('member', 'unknown'), standing('unknown', 'unknown')]) {
      const asking = { ...one, unsure: true, refused };
      expect(forbids('advance', asking)).toBe('slack_refuses');
      expect(refusedDetail('slack_refuses', asking)).toEqual({ detail: refused });
      expect(refusedDetail('not_allowed', asking)).toEqual({});
    }
    const known = { ...standing('member', 'unknown', ['operators']), refused };
    expect(forbids('rollback', known)).toBeNull();
    expect(forbids('status', known)).toBeNull();
  });

  test('an approver of nothing that is open may not approve', () => {
    expect(forbids('approve', standing('member', ['engineering-lead']))).toBe('not_allowed');
  });
});
