import { afterEach, describe, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { HOUR, posts, slotOf } from './on-stage.js';
import { asPosted, buttonsOf, directSlot, directWords, leave } from './people-and-places.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const LEADS = '<!subteam^S0LEADS>';

test.each(TARGETS)(
  'an approver who is not in the channel gets the card directly and approves there; who is in it gets none; on %s',
  async (target) => {
    room = await openRoom({ transport: 'http', target });
    leave(room, WHO.lea);
    await room.toRequest(WHO.opal);
    const copy = directSlot(room, WHO.lea, 'request:');
    expect(room.direct(WHO.lea)).toHaveLength(1);
    expect(room.read(copy)).toContain('10 % → 50 %');
    expect(room.read(copy)).toMatch(new RegExp(`In <#${SHOP}> · <https://\\S+\\|open its thread>`));
    expect(buttonsOf(copy)).toEqual(['rollout_approve', 'rollout_deny']);
    for (const user of [WHO.lou, WHO.opal, WHO.oscar]) expect(directWords(room, user), user).toBe('');

    expect(await room.press(WHO.lea, 'rollout_approve', copy)).toBe('');
    await room.passUntil('half have it', async () => (await room.phase()) === 'baking');
    for (const card of [posts(room, 'request:')[0], directSlot(room, WHO.lea, 'request:')]) {
      expect(room.read(card)).toMatch(/Approved.*<@U0LEA>/);
      expect(buttonsOf(card)).toEqual([]);
    }
    expect(room.target.exposure).toBe(50);
  },
);

test('a card that somebody in the channel decided loses its buttons in the direct message too, and an old click there is answered there', async () => {
  room = await openRoom({ transport: 'socket' });
  leave(room, WHO.lea);
  await room.toRequest(WHO.opal);
  const before = directSlot(room, WHO.lea, 'request:');
  await room.press(WHO.lou, 'rollout_deny', posts(room, 'request:')[0]);
  await room.fill(WHO.lou, { reason: 'not before the sale' });
  const after = directSlot(room, WHO.lea, 'request:');
  expect(after.ts).toBe(before.ts);
  expect(room.read(after)).toContain('“not before the sale”');
  expect(buttonsOf(after)).toEqual([]);
  const value = JSON.stringify({ request: slotOf(before).slice('request:'.length) });
  const old = { user: WHO.lea, channel: before.channel, ts: before.ts, actionId: 'rollout_approve', value };
  expect((await room.slack.clickRaw(old)).acked).toBe(true);
  await room.settle();
  const answer = room.slack.ephemerals(before.channel, WHO.lea).at(-1);
  expect(room.read(answer)).toContain('request_closed');
  expect(room.target.exposure).toBe(10);
});

describe('who asked learns directly that their request was', () => {
  const outcome = () => room.read(directSlot(room, WHO.opal, 'outcome:'));

  test('granted, and by whom', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_approve');
    expect(outcome()).toMatch(/Approved.*<@U0LEA>/);
    expect(outcome()).toContain(`<#${SHOP}>`);
    expect(asPosted(room).filter(({ slot }) => slot.startsWith('outcome:'))).toHaveLength(1);
  });

  test('denied, with the reason', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    await room.ask(WHO.lea, 'deny not before the sale');
    expect(outcome()).toMatch(/Denied.*<@U0LEA>.*“not before the sale”/);
    expect(outcome()).toContain('`/rollout advance new-checkout`');
  });

  test('void, and why', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    room.errors.set(3);
    await room.passUntil('it is void', async () => (await room.events()).includes('approval_voided'));
    expect(outcome()).toMatch(/No longer valid.*Error rate|No longer valid.*error-rate/);
  });

  test('expired, after what the plan allows and not before', async () => {
    room = await openRoom({ transport: 'http', plan: planText().replace('people:', 'approve_within: 2h\npeople:') });
    await room.toRequest(WHO.opal);
    await room.pass(2 * HOUR - 60_000, HOUR);
    expect(await room.phase()).toBe('awaiting_approval');
    expect(directWords(room, WHO.opal)).toBe('');
    await room.pass(60_000, 30_000);
    expect(await room.phase()).toBe('ready');
    expect(outcome()).toContain('Expired');
    expect(outcome()).toContain('nobody decided');
  });

  test('withdrawn, when another operator paused, but is told nothing of what they did themselves', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    await room.ask(WHO.opal, 'pause lunch first');
    expect(await room.phase()).toBe('held');
    expect(directWords(room, WHO.opal)).toBe('');
    await room.ask(WHO.opal, 'resume');
    await room.ask(WHO.opal, 'advance');
    await room.ask(WHO.oscar, 'pause I see something odd');
    expect(outcome()).toMatch(/Withdrawn.*<@U0OSCAR>/);
    expect(directWords(room, WHO.oscar)).toBe('');
  });
});

test('the role that may approve is called once, by the request; nothing else calls anybody', async () => {
  room = await openRoom({ transport: 'http' });
  await room.toRequest(WHO.opal);
  await room.pass(9 * HOUR, HOUR);
  expect(posts(room, 'reminder:').length).toBeGreaterThanOrEqual(2);
  await room.press(WHO.lea, 'rollout_approve');
  await room.passUntil('half is done', async () => (await room.phase()) === 'ready');
  const calling = asPosted(room).filter(({ words }) => words.includes('<!subteam'));
  expect(calling.map(({ slot }) => slot.replace(/:.*/, ''))).toEqual(['request']);
  expect(calling[0]?.words.split(LEADS)).toHaveLength(2);
  const reminders = asPosted(room).filter(({ slot }) => slot.startsWith('reminder:'));
  for (const { words } of reminders) {
    expect(words).not.toMatch(/<@|<!subteam/);
    expect(words).toContain('engineering-lead');
  }
});
