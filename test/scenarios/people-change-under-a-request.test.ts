import { afterEach, describe, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { HOUR, posts } from './on-stage.js';
import { askedAnew, buttonsOf, directWords, leave } from './people-and-places.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const LEADS = 'S0LEADS';
const ONCALL = 'S0ONCALL';

/** Leads are two groups at once, and lea is in both. */
async function leadsOfTwoGroups(approve: string): Promise<void> {
  const people = ['operators: ["@release-team"]', 'lead: ["@engineering-lead", "@on-call"]', 'sre: ["@on-call"]'];
  room = await openRoom({ transport: 'http', plan: planText({ people, approve }) });
  room.slack.setGroupUsers(ONCALL, [WHO.lea, WHO.oscar]);
  await room.toRequest(WHO.opal);
}

const votes = async () => (await room.rollout()).request?.votes.map(({ userId }) => userId);

test('an approver who holds the role by two groups counts once', async () => {
  await leadsOfTwoGroups('{ any: 2, of: [lead] }');
  await room.press(WHO.lea, 'rollout_approve');
  expect(await votes()).toEqual([WHO.lea]);
  expect(room.read(posts(room, 'request:')[0])).toContain('1 of 2');
  // Clicked again: nothing to do, said so, and not counted.
  expect(await room.press(WHO.lea, 'rollout_approve')).toContain('your approval is on record already');
  expect(await votes()).toEqual([WHO.lea]);
  expect(room.target.exposure).toBe(10);
  await room.press(WHO.lou, 'rollout_approve');
  expect(room.target.exposure).toBe(50);
});

test('an approver who holds two roles fills one of them', async () => {
  await leadsOfTwoGroups('[lead, sre]');
  await room.press(WHO.lea, 'rollout_approve');
  expect(room.read(posts(room, 'request:')[0])).toContain('1 of 2');
  expect(room.target.exposure).toBe(10);
  await room.press(WHO.oscar, 'rollout_approve');
  expect(room.target.exposure).toBe(50);
});

test('an approver outside the channel who holds the role by two groups gets one card', async () => {
  const people = ['operators: ["@release-team"]', 'lead: ["@engineering-lead", "@on-call", U0LEA]'];
  room = await openRoom({ transport: 'http', plan: planText({ people, approve: '{ any: 2, of: [lead] }' }) });
  room.slack.setGroupUsers(ONCALL, [WHO.lea]);
  leave(room, WHO.lea);
  await room.toRequest(WHO.opal);
  expect(room.direct(WHO.lea)).toHaveLength(1);
  await room.press(WHO.lou, 'rollout_approve');
  expect(room.direct(WHO.lea)).toHaveLength(1);
  expect(room.read(room.direct(WHO.lea)[0])).toContain('1 of 2');
});

test('a group that is renamed under a request is still the group', async () => {
  room = await openRoom({ transport: 'socket' });
  await room.toRequest(WHO.opal);
  room.slack.renameGroup(LEADS, 'tech-leads');
  await askedAnew(room);
  await room.press(WHO.lea, 'rollout_approve');
  expect(room.target.exposure).toBe(50);
});

const GONE = [
  ['whose group was emptied', () => room.slack.setGroupUsers(LEADS, []), 'not_allowed'],
  ['whose group was deactivated', () => room.slack.disableGroup(LEADS), 'not_allowed'],
  ['who was deactivated with all the others', () => both({ deleted: true }), 'guest_or_stranger'],
  ['who became a guest with all the others', () => both({ isGuest: true }), 'guest_or_stranger'],
] as const;

function both(patch: { deleted?: boolean; isGuest?: boolean }): void {
  for (const user of [WHO.lea, WHO.lou]) room.slack.setUser(user, patch);
}

describe.each(GONE)('an approver %s', (_what, go, code) => {
  test('is refused in words; the reminder says that nobody is left, `why` who could, and operators may stop', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    go();
    await askedAnew(room);
    const before = await room.standing();
    for (const action of ['rollout_approve', 'rollout_deny']) {
      const answer = `${await room.press(WHO.lea, action)}${room.form(WHO.lea) && (await room.fill(WHO.lea, { reason: 'not now' }))}`;
      expect(answer, action).toContain(code);
      expect(answer, action).toMatch(action === 'rollout_approve' ? /Not approved/ : /Not denied/);
    }
    expect(await room.standing()).toEqual(before);

    await room.pass(4 * HOUR + 60_000, HOUR);
    const [reminder] = posts(room, 'reminder:');
    expect(room.read(reminder)).toContain('Nobody is left who can approve');
    expect(room.read(reminder)).toContain('engineering-lead');
    expect(room.read(reminder)).toContain('`/rollout pause new-checkout`');
    expect(await room.ask(WHO.opal, 'why')).toMatch(/engineering-lead \(<!subteam\^S0LEADS>\) can approve: 0 of 1/);

    await room.ask(WHO.oscar, 'pause nobody is there to approve it');
    expect(await room.phase()).toBe('held');
    expect(buttonsOf(posts(room, 'request:')[0])).toEqual([]);
    expect(directWords(room, WHO.opal)).toMatch(/Withdrawn.*<@U0OSCAR>/);
    expect(room.target.exposure).toBe(10);
  });
});

test('while one approver is left the reminder says nothing of the others, and that one approves', async () => {
  room = await openRoom({ transport: 'http' });
  await room.toRequest(WHO.opal);
  room.slack.setUser(WHO.lea, { isGuest: true });
  await askedAnew(room);
  await room.pass(4 * HOUR + 60_000, HOUR);
  expect(room.read(posts(room, 'reminder:')[0])).not.toContain('Nobody is left');
  await room.press(WHO.lou, 'rollout_approve');
  expect(room.target.exposure).toBe(50);
});

test('somebody who enters the group under a request may approve it, and a vote given before leaving stays', async () => {
  const people = ['operators: ["@release-team"]', 'lead: ["@engineering-lead"]'];
  room = await openRoom({ transport: 'http', plan: planText({ people, approve: '{ any: 2, of: [lead] }' }) });
  await room.toRequest(WHO.opal);
  await room.press(WHO.lea, 'rollout_approve');
  room.slack.setGroupUsers(LEADS, [WHO.otto]);
  await askedAnew(room);
  expect(await room.press(WHO.lou, 'rollout_approve')).toContain('not_allowed');
  await room.press(WHO.otto, 'rollout_approve');
  expect(room.target.exposure).toBe(50);
  expect(room.posts(SHOP).some((post) => room.read(post).includes('<@U0LEA> and <@U0OTTO>'))).toBe(true);
});
