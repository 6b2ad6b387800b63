import { afterEach, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { posts } from './on-stage.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const TWO = planText({
  people: ['operators: ["@release-team"]', 'lead: [U0LEA]', 'qa: [U0LOU]'],
  approve: '{ any: 2, of: [lead, qa] }',
});
const warned = async () => (await room.events()).includes('approval_voided');

/** Lea approved, then a check turned to warning, which voids what she approved; then it recovered. */
async function voided(): Promise<void> {
  room = await openRoom({ transport: 'http', plan: TWO });
  await room.toRequest(WHO.opal);
  await room.press(WHO.lea, 'rollout_approve');
  room.errors.set(3);
  await room.passUntil('the request is void', warned, { stepMs: 5_000 });
  room.errors.set(0.3);
  await room.pass(30_000, 5_000);
}

test('a void card says why, and asks again on the same card; who had approved has to do it once more', async () => {
  await voided();
  const [card] = posts(room, 'request:');
  expect(room.read(card)).toMatch(/No longer valid/);
  expect(room.read(card)).toContain('[ Ask again ]');
  const before = posts(room, 'request:').length;
  expect(await room.press(WHO.opal, 'rollout_advance', card)).toBe('');
  expect(posts(room, 'request:')).toHaveLength(before);
  const again = room.slack.message(card?.channel ?? '', card?.ts ?? '');
  expect(room.read(again)).toContain('[ Approve ]');
  expect(room.read(again)).toMatch(/<@U0LEA> approved before/);
  expect(room.read(again)).toContain('0 of 2');
  await room.press(WHO.lea, 'rollout_approve', again);
  expect(room.target.exposure).toBe(10);
  await room.press(WHO.lou, 'rollout_approve', again);
  await room.passUntil('half have it', () => room.target.exposure === 50);
});

test('the first approval does not count for the second request', async () => {
  await voided();
  await room.ask(WHO.opal, 'advance once more');
  const { request } = await room.rollout();
  expect(request?.votes).toEqual([]);
  expect(request?.before?.map(({ userId }) => userId)).toEqual([WHO.lea]);
});

test('asked again after more than an hour, it is a card of its own', async () => {
  await voided();
  await room.pass(61 * 60_000, 5 * 60_000);
  await room.ask(WHO.opal, 'advance');
  expect(posts(room, 'request:')).toHaveLength(2);
});

test('an approval is withdrawn from the card while it is open, and given again', async () => {
  room = await openRoom({ transport: 'http', plan: TWO });
  await room.toRequest(WHO.opal);
  await room.press(WHO.lea, 'rollout_approve');
  await room.press(WHO.lea, 'rollout_withdraw');
  expect((await room.rollout()).request?.votes).toEqual([]);
  await room.press(WHO.lou, 'rollout_approve');
  expect(room.target.exposure).toBe(10);
  expect(await room.press(WHO.lea, 'rollout_withdraw')).toContain('not_voted');
  await room.press(WHO.lea, 'rollout_approve');
  await room.passUntil('half have it', () => room.target.exposure === 50);
  expect(await room.ask(WHO.lea, 'withdraw')).toContain('request_closed');
});

test('withdrawn while the move is under way, it is called back and held', async () => {
  room = await openRoom({ transport: 'http' });
  await room.toRequest(WHO.opal);
  room.target.hangNext('set');
  await room.press(WHO.lea, 'rollout_approve');
  expect(await room.phase()).toBe('applying');
  await room.press(WHO.lea, 'rollout_withdraw');
  expect(await room.phase()).toBe('held');
  await room.pass(10_000, 1_000);
  expect(room.target.exposure).toBe(10);
  expect((await room.rollout()).held?.cause).toBe('approval_withdrawn');
  expect(
    room
      .direct(WHO.opal)
      .map((message) => room.read(message))
      .join('\n'),
  ).toContain('New checkout'.toLowerCase());
});

test('what each approver saw is told in the history', async () => {
  room = await openRoom({ transport: 'http' });
  await room.toRequest(WHO.opal);
  await room.press(WHO.lea, 'rollout_approve');
  const told = await room.ask(WHO.opal, 'history');
  expect(told).toMatch(/<@U0LEA>.*10 %.*50 %/);
  expect(told).toMatch(/2 of 2 fine/);
  expect(told).toMatch(/0\.3/);
});
