import { expect, test } from 'vitest';
import { PLAN } from '../support/rollouts.js';
import { openDirectory, PEOPLE, TEAM } from './local-directory.js';

const LEA = { kind: 'slack', teamId: TEAM, userId: 'U0LEA' } as const;

test('a method Slack wants left alone is left alone, by this process and by the others, until its time is over', async () => {
  const { slack, directory, another, age } = await openDirectory();
  const asked = () => slack.calls.filter(({ method }) => method === 'users.info').length;
  await directory.standing(LEA, PEOPLE);
  await age(61);
  slack.fail({ method: 'users.info', rateLimit: 30 });
  expect((await directory.standing(LEA, PEOPLE)).roles).toBe('unknown');
  const before = asked();
  expect((await directory.standing(LEA, PEOPLE)).roles).toBe('unknown');
  expect((await another().standing(LEA, PEOPLE)).roles).toBe('unknown');
  expect(asked()).toBe(before);
  await age(31);
  expect((await another().standing(LEA, PEOPLE)).roles).toEqual(['engineering-lead']);
});

test('a start says for how long', async () => {
  const { slack, directory } = await openDirectory();
  slack.fail({ method: 'users.conversations', rateLimit: 17 });
  expect(await directory.resolve(PLAN, TEAM)).toEqual({
    ok: false,
    reason: 'membership_unknown',
    detail: 'Slack asked us to wait 17 s',
  });
});

test('a list that was cut short goes on where it was', async () => {
  const { slack, directory, age } = await openDirectory();
  const crowd = Array.from({ length: 2_500 }, (_none, no) => `U0CROWD${no}`);
  slack.setChannel('C0SHOP', { members: crowd });
  const cursors = () =>
    slack.calls.filter(({ method }) => method === 'conversations.members').map(({ args }) => args.cursor ?? '');
  slack.fail({ method: 'conversations.members', delayMs: 0 });
  slack.fail({ method: 'conversations.members', rateLimit: 20 });
  expect(await directory.membersOf('C0SHOP')).toBeNull();
  expect(cursors()).toHaveLength(2);
  await age(21);
  expect(await directory.membersOf('C0SHOP')).toEqual(crowd);
  expect(cursors()).toHaveLength(4);
  expect(cursors().filter((cursor) => cursor === '')).toHaveLength(1);
});
