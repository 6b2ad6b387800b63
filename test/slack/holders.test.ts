import { beforeEach, describe, expect, test } from 'vitest';
import type { RunningSlack } from '../../sandbox/slack/index.js';
import type { Member } from '../../src/rollout/state/rollout.js';
import type { Directory } from '../../src/slack/people/directory.js';
import { type LocalDirectory, openDirectory, PEOPLE, TEAM } from './local-directory.js';

const LEADS = ['U0LEA engineering-lead', 'U0LOU engineering-lead'];

let slack: RunningSlack;
let directory: Directory;
let age: LocalDirectory['age'];
beforeEach(async () => {
  ({ slack, directory, age } = await openDirectory());
});

const calls = () => slack.calls.map(({ method }) => method);

describe('everybody who holds a role now', () => {
  const holders = (people = PEOPLE) => directory.holders(people, TEAM);
  const held = async (people = PEOPLE) =>
    (await holders(people))?.map(({ key, roles }) => `${key.replace(`slack:${TEAM}:`, '')} ${roles.join('+')}`);

  test('is named once with all their roles, however many groups they are in', async () => {
    expect(await held()).toEqual(['U0OPAL operators+engineering-lead', 'U0OSCAR operators', ...LEADS]);
    const lead: readonly Member[] = [...(PEOPLE['engineering-lead'] ?? []), { kind: 'group', id: 'S0RELEASE' }];
    const twice = await held({ ...PEOPLE, 'engineering-lead': lead });
    expect(twice?.filter((one) => one.startsWith('U0OPAL'))).toEqual(['U0OPAL operators+engineering-lead']);
  });

  test('is neither guest nor bot nor stranger, and nobody who left', async () => {
    slack.setGroupUsers('S0LEADS', ['U0LEA', 'U0GINA', 'U0STELLA', 'U0ROLLOUT', 'U0LOU', 'U0NOBODY']);
    slack.setUser('U0LOU', { deleted: true });
    expect(await held({ lead: [{ kind: 'group', id: 'S0LEADS' }] })).toEqual(['U0LEA lead']);
  });

  test('is known as of a minute ago at most: who was put into the group or out of it counts', async () => {
    await held();
    slack.setGroupUsers('S0LEADS', ['U0OTTO']);
    expect(await held()).toContain('U0LEA engineering-lead');
    await age(61);
    expect(await held()).not.toContain('U0LEA engineering-lead');
    expect(await held()).toContain('U0OTTO engineering-lead');
  });

  test.each<[string, () => void]>([
    ['was emptied', () => slack.setGroupUsers('S0LEADS', [])],
    ['was deactivated', () => slack.disableGroup('S0LEADS')],
    ['was deleted', () => slack.workspace.groups.splice(1, 1)],
  ])('a group that %s holds nobody, and what was known of it before does not count', async (_what, happens) => {
    await held();
    await age(61);
    happens();
    expect(await held()).toEqual(['U0OPAL operators+engineering-lead', 'U0OSCAR operators']);
  });

  test('a group that was renamed goes on holding its people', async () => {
    slack.renameGroup('S0LEADS', 'leads');
    expect(await held()).toEqual(['U0OPAL operators+engineering-lead', 'U0OSCAR operators', ...LEADS]);
  });

  test.each(['users.info', 'usergroups.users.list'])('is not known when Slack does not answer %s', async (method) => {
    await held();
    await age(61);
    slack.fail({ method, error: 'internal_error', times: Number.POSITIVE_INFINITY });
    expect(await holders()).toBeNull();
  });
});

describe('who is in a channel', () => {
  const asked = ['U0LEA', 'U0OTTO', 'U0LOU'];
  const outside = () => directory.outsideOf('C0RELEASES', asked);

  test('is read page by page, and those who are not are told apart', async () => {
    expect(await outside()).toEqual(['U0OTTO']);
    const crowd = Array.from({ length: 2_500 }, (_, i) => `U0CROWD${i}`);
    slack.setChannel('C0RELEASES', { members: [...crowd, 'U0LOU'] });
    await age(61);
    expect(await outside()).toEqual(['U0LEA', 'U0OTTO']);
    expect(calls().filter((method) => method === 'conversations.members')).toHaveLength(4);
  });

  test('is asked once a minute', async () => {
    await outside();
    slack.setChannel('C0RELEASES', { members: ['U0OTTO'] });
    await age(58);
    expect(await outside()).toEqual(['U0OTTO']);
    await age(3);
    expect(await outside()).toEqual(['U0LEA', 'U0LOU']);
  });

  test('is not known when Slack does not say: then nobody is taken to be outside', async () => {
    await outside();
    await age(61);
    slack.fail({ method: 'conversations.members', error: 'internal_error', times: Number.POSITIVE_INFINITY });
    expect(await outside()).toEqual([]);
    expect(await directory.membersOf('C0RELEASES')).toBeNull();
  });
});
