import { beforeEach, describe, expect, test } from 'vitest';
import type { RunningSlack } from '../../sandbox/slack/index.js';
import type { Plan } from '../../src/rollout/plan/plan.js';
import type { Directory } from '../../src/slack/people/directory.js';
import { orderOf } from '../support/order.js';
import { PLAN } from '../support/rollouts.js';
import { type LocalDirectory, openDirectory, PEOPLE, TEAM } from './local-directory.js';

const INVITE = 'invite me there first: /invite @rollout';

let slack: RunningSlack;
let directory: Directory;
let age: LocalDirectory['age'];
beforeEach(async () => {
  ({ slack, directory, age } = await openDirectory());
});

const person = (userId: string, teamId = TEAM) => directory.standing({ kind: 'slack', teamId, userId }, PEOPLE);
const calls = () => slack.calls.map(({ method }) => method);

describe('who somebody is', () => {
  test.each([
    ['U0OTTO', 'member'],
    ['U0GINA', 'guest'],
    ['U0STELLA', 'stranger'],
    ['U0ROLLOUT', 'bot'],
    ['U0NOBODY', 'stranger'],
  ])('%s is a %s', async (userId, who) => {
    expect((await person(userId)).who).toBe(who);
  });

  test('a person who left is deactivated, and one of another workspace a stranger, whatever the id', async () => {
    Object.assign(slack.userByName('lou'), { deleted: true });
    expect((await person('U0LOU')).who).toBe('deactivated');
    expect(await person('U0OPAL', 'T0ELSEWHERE')).toEqual({ who: 'stranger', roles: [], lastKnownRoles: [] });
  });

  test('the shell and the bot itself hold no role', async () => {
    expect(await directory.standing({ kind: 'cli', name: 'root@host' }, PEOPLE)).toMatchObject({
      who: 'cli',
      roles: [],
    });
    expect(await directory.standing({ kind: 'bot' }, PEOPLE)).toMatchObject({ who: 'bot', roles: [] });
    expect(calls()).toEqual([]);
  });
});

describe('which roles somebody holds', () => {
  test('by group and by id', async () => {
    expect((await person('U0OPAL')).roles).toEqual(expect.arrayContaining(['operators', 'engineering-lead']));
    expect((await person('U0LEA')).roles).toEqual(['engineering-lead']);
    expect((await person('U0OTTO')).roles).toEqual([]);
  });

  test('is asked once a minute, not with every click', async () => {
    await person('U0LEA');
    const once = calls().length;
    await age(58);
    await person('U0LEA');
    expect(calls()).toHaveLength(once);
    await age(3);
    await person('U0LEA');
    expect(calls()).toHaveLength(2 * once);
  });

  test('changes with the group once the minute is over', async () => {
    await person('U0LEA');
    slack.workspace.groups.find(({ id }) => id === 'S0LEADS')?.users.splice(0, 1);
    expect((await person('U0LEA')).roles).toEqual(['engineering-lead']);
    await age(61);
    expect((await person('U0LEA')).roles).toEqual([]);
  });
});

describe('when Slack does not say', () => {
  const breakGroups = (fault: object) =>
    slack.fail({ ...fault, method: 'usergroups.users.list', times: Number.POSITIVE_INFINITY });

  test('roles are unknown, and the last known ones are told apart', async () => {
    await person('U0LEA');
    await age(61);
    breakGroups({ error: 'internal_error' });
    expect(await person('U0LEA')).toEqual({
      who: 'member',
      roles: 'unknown',
      lastKnownRoles: ['engineering-lead'],
    });
  });

  test('a member last seen so an hour ago may be a guest by now, and holds no role for certain', async () => {
    await person('U0OPAL');
    await age(3_600);
    Object.assign(slack.userByName('opal'), { isGuest: true });
    slack.fail({ method: 'users.info', times: Number.POSITIVE_INFINITY, error: 'internal_error' });
    const standing = await person('U0OPAL');
    expect(standing).toMatchObject({ who: 'member', roles: 'unknown' });
    expect(standing.lastKnownRoles).toEqual(expect.arrayContaining(['operators', 'engineering-lead']));
    slack.clearFaults();
    expect((await person('U0OPAL')).who).toBe('guest');
  });

  test('a role held by id is certain while the groups cannot be read, and there may be more', async () => {
    breakGroups({ error: 'internal_error' });
    expect(await person('U0OPAL')).toMatchObject({ roles: ['engineering-lead'], unsure: true });
    expect(await person('U0OPAL')).not.toHaveProperty('refused');
  });

  test.each([
    ['plan_upgrade_required', 'this workspace has no user groups; list people by id or e-mail address in the plan'],
    ['missing_scope', 'give the app the scopes of manifest.yml and install it again'],
  ])('and never will (%s), what has to be changed is told', async (error, fix) => {
    breakGroups({ error });
    expect(await person('U0LEA')).toMatchObject({ roles: 'unknown', refused: `${error}; ${fix}` });
  });

  test('nobody who was never seen is let in', async () => {
    slack.setDown(true);
    expect(await person('U0LEA')).toEqual({ who: 'unknown', roles: 'unknown', lastKnownRoles: [] });
  });

  test('a slow answer costs a second and a half once, not once per question, and is there for the next try', async () => {
    await person('U0LEA');
    await age(61);
    for (const method of ['users.info', 'usergroups.users.list']) slack.fail({ method, times: 3, delayMs: 3_200 });
    const ask = async () => {
      await directory.standing({ kind: 'slack', teamId: TEAM, userId: 'U0LEA' }, {});
      expect((await person('U0LEA')).roles).toBe('unknown');
    };
    expect(await orderOf({ both: ask }, [1_400, 2_900])).toEqual(['1400 ms', 'both']);
    await expect.poll(async () => (await person('U0LEA')).roles, { timeout: 60_000 }).toEqual(['engineering-lead']);
  });
});

describe('the people and the channel of a plan', () => {
  const resolve = (changes: Partial<Plan> = {}) => directory.resolve({ ...PLAN, ...changes }, TEAM);
  const people = (ref: Plan['people'][string][number]) => ({ people: { ...PLAN.people, 'engineering-lead': [ref] } });

  test('become ids, with everybody who holds a role', async () => {
    expect(await resolve(people({ kind: 'email', email: 'lea@example.com' }))).toEqual({
      ok: true,
      value: {
        channelId: 'C0SHOP',
        people: {
          operators: [{ kind: 'group', id: 'S0RELEASE' }],
          'engineering-lead': [{ kind: 'user', id: 'U0LEA' }],
        },
        holders: [
          { key: 'slack:T0SANDBOX:U0OPAL', userId: 'U0OPAL', roles: ['operators'] },
          { key: 'slack:T0SANDBOX:U0OSCAR', userId: 'U0OSCAR', roles: ['operators'] },
          { key: 'slack:T0SANDBOX:U0LEA', userId: 'U0LEA', roles: ['engineering-lead'] },
        ],
        skipped: [],
        unjudged: 0,
      },
    });
  });

  test('who can never act are left out and named', async () => {
    const refs = ['U0GINA', 'U0STELLA', 'U0ROLLOUT', 'U0LOU'].map((id) => ({ kind: 'user', id }) as const);
    Object.assign(slack.userByName('lou'), { deleted: true });
    const resolved = await resolve({ people: { operators: [{ kind: 'user', id: 'U0OPAL' }], lead: refs } });
    expect(resolved).toMatchObject({ ok: true, value: { holders: [{ key: 'slack:T0SANDBOX:U0OPAL' }] } });
    expect(resolved.ok && resolved.value.skipped.map(({ role, id, why }) => `${role} ${id} ${why}`)).toEqual([
      'lead U0GINA guest',
      'lead U0STELLA stranger',
      'lead U0ROLLOUT bot',
      'lead U0LOU deactivated',
    ]);
  });

  test.each([
    ['a channel', { channel: '#nowhere' }, 'channel_not_found', `#nowhere; ${INVITE}, or name it by its id`],
    ['a handle', people({ kind: 'handle', handle: 'gone' }), 'person_not_found', 'gone'],
    ['a group id', people({ kind: 'group', id: 'S0GONE' }), 'person_not_found', 'S0GONE'],
    [
      'an address',
      people({ kind: 'email', email: 'Carl@example.com' }),
      'person_not_found',
      'Carl@example.com; nobody has this address, or Slack hides addresses here; name the person by id',
    ],
  ])('that are not there are named: %s', async (_what, changes, reason, detail) => {
    expect(await resolve(changes)).toEqual({ ok: false, reason, detail });
  });

  test('a channel made a moment ago is found', async () => {
    await resolve();
    slack.workspace.channels.push({ id: 'C0FRESH', name: 'fresh', members: ['U0ROLLOUT'] });
    expect(await resolve({ channel: '#fresh' })).toMatchObject({ ok: true, value: { channelId: 'C0FRESH' } });
  });

  test('a name that was found once is asked for by id alone, also after a restart', async () => {
    await resolve();
    await age(61);
    const before = calls().length;
    expect(await resolve()).toMatchObject({ ok: true, value: { channelId: 'C0SHOP' } });
    const asked = calls().slice(before);
    expect(asked).toContain('conversations.info');
    expect(asked).not.toContain('users.conversations');
  });

  test('a channel that was renamed is named with its new name, until another has the old one', async () => {
    await resolve();
    await age(61);
    slack.setChannel('C0SHOP', { name: 'store' });
    expect(await resolve()).toEqual({
      ok: false,
      reason: 'channel_not_found',
      detail: '#shop; it is called #store now: write that in the plan, or its id C0SHOP',
    });
    expect(await resolve()).toMatchObject({ detail: expect.stringContaining('called #store now') });
    expect(await resolve({ channel: '#store' })).toMatchObject({ ok: true, value: { channelId: 'C0SHOP' } });
    slack.workspace.channels.push({ id: 'C0NEWSHOP', name: 'shop', members: ['U0ROLLOUT'] });
    expect(await resolve()).toMatchObject({ value: { channelId: 'C0NEWSHOP' } });
  });

  test.each([
    ['deleted', () => slack.workspace.channels.splice(0, 1)],
    ['made private without the bot', () => slack.setChannel('C0SHOP', { isPrivate: true, members: ['U0OPAL'] })],
  ])('a channel that was %s is not there any more', async (_what, happens) => {
    await resolve();
    await age(61);
    happens();
    expect(await resolve()).toMatchObject({ ok: false, reason: 'channel_not_found' });
  });

  test('a private channel of the bot is found by name', async () => {
    slack.setChannel('C0RELEASES', { isPrivate: true });
    expect(await resolve({ channel: '#releases' })).toMatchObject({ ok: true, value: { channelId: 'C0RELEASES' } });
  });

  test('a channel may be named by its id', async () => {
    expect(await resolve({ channel: 'C0RELEASES' })).toMatchObject({ ok: true, value: { channelId: 'C0RELEASES' } });
    expect(await resolve({ channel: 'C0NOWHERE' })).toEqual({
      ok: false,
      reason: 'channel_not_found',
      detail: 'C0NOWHERE',
    });
  });

  test.each(['#releases', 'C0RELEASES'])('%s is refused once it is archived, and said to be', async (channel) => {
    await resolve({ channel });
    await age(61);
    slack.setChannel('C0RELEASES', { isArchived: true });
    expect(await resolve({ channel })).toEqual({
      ok: false,
      reason: 'channel_not_found',
      detail: '#releases is archived; unarchive it, or name another channel',
    });
  });

  test.each(['#releases', 'C0RELEASES'])('%s is refused when people of another company read it', async (channel) => {
    slack.setChannel('C0RELEASES', { isExtShared: true });
    expect(await resolve({ channel })).toEqual({
      ok: false,
      reason: 'channel_shared',
      detail: '#releases; name a channel in the plan that only your own people read',
    });
    slack.setChannel('C0RELEASES', { isExtShared: false });
    expect(await resolve({ channel })).toMatchObject({ ok: true });
  });

  test.each(['#random', 'C0RANDOM'])('%s is refused until the bot was invited there', async (channel) => {
    expect(await resolve({ channel })).toEqual({
      ok: false,
      reason: 'channel_not_found',
      detail: expect.stringContaining(`#random; ${INVITE}`),
    });
    slack.channelByName('random').members.push('U0ROLLOUT');
    expect(await resolve({ channel })).toMatchObject({ ok: true, value: { channelId: 'C0RANDOM' } });
  });

  test('a channel that was not the bot’s is no longer known to be so when Slack does not say', async () => {
    await resolve({ channel: '#random' });
    await age(61);
    slack.fail({ method: 'users.conversations', times: Number.POSITIVE_INFINITY, error: 'internal_error' });
    expect(await resolve({ channel: '#random' })).toMatchObject({ ok: false, reason: 'membership_unknown' });
  });

  test('cannot be told while Slack is down', async () => {
    slack.setDown(true);
    expect(await resolve()).toMatchObject({ ok: false, reason: 'membership_unknown' });
  });
});
