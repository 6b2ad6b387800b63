import { afterEach, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { openRoom, type Room, withOthers } from './room.js';

let room: Room;
afterEach(() => room.close());

const PARTNERS = 'C0PARTNERS';

test('in a channel that became shared the other team is refused, told nothing, and our own people are answered as ever', async () => {
  room = await openRoom({ transport: 'http' });
  await room.toRequest(WHO.opal);
  const before = await room.standing();
  const posts = room.posts().length;
  await withOthers(room, async () => {
    for (const text of ['', 'status', 'why', 'pause', 'rollback', 'deny because']) {
      const answer = await room.ask(WHO.stella, text);
      expect(answer, text).toContain('guest_or_stranger');
      expect(answer, text).not.toMatch(/checkout|50|operators/);
    }
    for (const action of ['rollout_approve', 'rollout_status', 'rollout_rollback'])
      expect(await room.press(WHO.stella, action), action).toContain('guest_or_stranger');
    expect(await room.standing()).toEqual(before);
    expect(await room.ask(WHO.opal, 'status')).toContain(' · new checkout · ');
    expect(await room.ask(WHO.otto, 'why')).toContain('engineering-lead');
    await room.press(WHO.lea, 'rollout_approve');
    expect(room.target.exposure).toBe(50);
    await room.ask(WHO.opal, 'rollback');
    expect(room.target.exposure).toBe(0);
  });
  // What was answered was answered to one person each, not in the channel others read.
  expect(room.slack.ephemerals(SHOP, WHO.stella).every(({ ephemeralTo }) => ephemeralTo === WHO.stella)).toBe(true);
  expect(room.posts().length).toBeGreaterThan(posts);
});

test.each([
  ['is shared', '#partners', () => undefined],
  ['became shared', '#shop', () => room.slack.setChannel(SHOP, { isExtShared: true })],
])('a plan whose channel %s is not started there, and the answer says what helps', async (_what, channel, share) => {
  room = await openRoom({ transport: 'socket' });
  await room.addPlan('shared-plan', { channel });
  share();
  const answer = await room.ask(WHO.opal, 'start shared-plan', PARTNERS);
  expect(answer).toContain('channel_shared');
  expect(answer).toContain(channel);
  expect(answer).toContain('name a channel in the plan that only your own people read');
  expect(await room.events()).toEqual([]);
  expect(room.target.calls).toEqual([]);
  expect(room.posts(PARTNERS)).toEqual([]);
});

test.each(TARGETS)(
  'typed in a shared channel, a rollout of another channel is shown and moved for our own people alone; on %s',
  async (target) => {
    room = await openRoom({ transport: 'http', target });
    await room.ask(WHO.opal, 'start new-checkout', PARTNERS);
    expect(room.target.exposure).toBe(10);
    expect(await room.ask(WHO.opal, 'status new-checkout', PARTNERS)).toContain(' · new checkout · ');
    for (const text of ['status new-checkout', 'pause new-checkout', 'list', 'plans'])
      expect(await room.ask(WHO.stella, text, PARTNERS), text).toContain('guest_or_stranger');
    await room.ask(WHO.opal, 'pause new-checkout', PARTNERS);
    expect(await room.phase()).toBe('held');
    expect(room.posts(PARTNERS)).toEqual([]);
    expect(room.posts().length).toBeGreaterThan(0);
  },
);
