import { expect, test } from 'vitest';
import { BIG, bigWorkspace } from '../../sandbox/slack/unusual-workspaces.js';
import { PLAN } from '../support/rollouts.js';
import { openDirectory, TEAM } from './local-directory.js';

const LEADS = { 'engineering-lead': [{ kind: 'group', id: 'S0LEADS' }] } as const;

async function open() {
  const local = await openDirectory(bigWorkspace());
  const { slack } = local;
  const calls = (method: string) => slack.calls.filter((call) => call.method === method);
  return { ...local, calls };
}

test('a channel named by name is found among the bot’s own, in one call and none of 26,000', async () => {
  const { slack, directory, calls } = await open();
  expect(slack.workspace.channels.length).toBeGreaterThan(BIG.channels);
  const resolved = await directory.resolve({ ...PLAN, channel: '#shop' }, TEAM);
  expect(resolved).toMatchObject({ ok: true, value: { channelId: 'C0SHOP' } });
  expect(calls('users.conversations')).toHaveLength(1);
  expect(slack.calls.every(({ ok }) => ok)).toBe(true);
  expect(slack.calls.length).toBeLessThan(60);
});

test('twenty plans with a channel each cost one list', async () => {
  const { directory, calls } = await open();
  const step = Math.floor(BIG.channels / BIG.ownChannels);
  for (let nth = 0; nth < 20; nth += 1) {
    const channel = `#team-${nth * step}`;
    expect(await directory.resolve({ ...PLAN, people: {}, channel }, TEAM), channel).toMatchObject({ ok: true });
  }
  expect(calls('users.conversations')).toHaveLength(1);
});

test('a group of hundreds is looked up in parts, and never uses up what Slack answers in a minute', async () => {
  const { slack, directory, calls, age } = await open();
  const resolve = () => directory.resolve({ ...PLAN, channel: 'C0SHOP' }, TEAM);
  const first = await resolve();
  expect(first).toMatchObject({ ok: true, value: { unjudged: BIG.approvers + 4 - 50 } });
  // The small role is not behind the hundreds of the other.
  const held = first.ok ? first.value.holders.filter(({ roles }) => roles.includes('operators')) : [];
  expect(held).toHaveLength(2);
  await resolve();
  await resolve();
  expect(calls('users.info')).toHaveLength(50);
  expect(await directory.holders(LEADS, TEAM)).toBeNull();
  const enough = await directory.holders(LEADS, TEAM, (holders) => holders.length > 40);
  expect(enough?.length).toBeGreaterThan(40);
  // Whoever acts is looked up all the same.
  const last = slack.workspace.users.find(({ name }) => name === 'p299')?.id ?? '';
  const standing = await directory.standing({ kind: 'slack', teamId: TEAM, userId: last }, LEADS);
  expect(standing).toMatchObject({ who: 'member', roles: ['engineering-lead'] });
  // What they were today counts for the rest.
  await age(3_600);
  expect((await directory.holders(LEADS, TEAM, (holders) => holders.length > 40))?.length).toBeGreaterThan(40);
});

test('groups asked for one by one too often are read from the list of all, in one call for all', async () => {
  const { slack, directory, calls } = await open();
  const roles = (from: number) =>
    Object.fromEntries(
      Array.from({ length: 12 }, (_none, nth) => {
        const id = `S0N${String(from + nth).padStart(5, '0')}`;
        return [`role-${nth}`, [{ kind: 'group' as const, id }]];
      }),
    );
  const actor = { kind: 'slack', teamId: TEAM, userId: slack.workspace.groups.at(-1)?.users[0] ?? '' } as const;
  for (const from of [0, 100, 200]) expect((await directory.standing(actor, roles(from))).roles).toEqual([]);
  expect(calls('usergroups.users.list').filter(({ ok }) => ok)).toHaveLength(20);
  expect(calls('usergroups.list').length).toBeLessThanOrEqual(2);
});

test('a channel of 5,000 is read page by page, for as long as nobody waits', async () => {
  const { slack, directory, calls } = await open();
  slack.fail({ method: 'conversations.members', times: 6, delayMs: 400 });
  expect((await directory.membersOf('C0SHOP'))?.length).toBe(BIG.people + 7);
  expect(calls('conversations.members')).toHaveLength(6);
});
