import { afterEach, expect, test } from 'vitest';
import type { SlackMessage } from '../../sandbox/slack/types.js';
import { SHOP, WHO } from '../support/scene.js';
import { posts } from './on-stage.js';
import { asPosted, buttonsOf } from './people-and-places.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

function remove(message: SlackMessage | undefined): string {
  if (!message) throw new Error(`nothing to delete\n${room.transcript()}`);
  room.slack.deleteMessage(SHOP, message.ts);
  return message.ts;
}

const roots = () => room.posts().filter(({ threadTs }) => threadTs === undefined);
const linkTo = (message: SlackMessage | undefined) =>
  room.slack.permalink(SHOP, message?.ts ?? '').replaceAll('&', '&amp;');

async function waitsForHalf(): Promise<SlackMessage> {
  room = await openRoom({ transport: 'http' });
  await room.toRequest(WHO.opal);
  const [card] = posts(room, 'request:');
  if (!card) throw new Error(`there is no card\n${room.transcript()}`);
  return card;
}

test('deleted, it is posted once more with a link to the thread before; what comes then hangs on it, and the card there still works', async () => {
  const card = await waitsForHalf();
  const old = posts(room, '').filter(({ threadTs }) => threadTs !== undefined);
  const gone = remove(room.live());
  await room.pass(60_000, 10_000);
  expect(await room.press(WHO.lea, 'rollout_approve', card)).toBe('');
  await room.passUntil('half is done', async () => (await room.phase()) === 'ready');

  const [root, ...more] = roots();
  expect(more, room.transcript()).toEqual([]);
  expect(root?.ts).not.toBe(gone);
  expect(
    old.some((reply) => room.read(root).includes(linkTo(reply))),
    room.read(root),
  ).toBe(true);
  for (const slot of ['start:2', 'complete:2']) expect(posts(room, slot)[0]?.threadTs, slot).toBe(root?.ts);
  const after = room.slack.message(SHOP, card.ts);
  expect(after?.threadTs).toBe(gone);
  expect(room.read(after)).toMatch(/Approved.*<@U0LEA>/);
  expect(buttonsOf(after)).toEqual([]);
  expect(posts(room, 'request:')).toHaveLength(1);
  // Its buttons are those of the one that was deleted.
  expect(buttonsOf(root)).toEqual(['rollout_advance', 'rollout_pause', 'rollout_rollback', 'rollout_status']);
  await room.press(WHO.opal, 'rollout_rollback', root);
  expect(room.target.exposure).toBe(0);
});

test('deleted twice, there is one each time, and the last leads to where replies to those before it stand', async () => {
  await waitsForHalf();
  for (const text of ['pause look at it', 'resume']) {
    remove(room.live());
    await room.ask(WHO.opal, text);
    expect(roots(), text).toHaveLength(1);
  }
  const replies = posts(room, '').filter(({ threadTs }) => threadTs !== undefined && threadTs !== room.live()?.ts);
  expect(replies.some((reply) => room.read(room.live()).includes(linkTo(reply)))).toBe(true);
  expect(asPosted(room).filter(({ slot }) => slot === 'live')).toHaveLength(3);
});

test('deleted while Slack is slow to edit it, there is one', async () => {
  await waitsForHalf();
  const gone = room.live();
  room.slack.fail({ method: 'chat.update', delayMs: 300, times: 2 });
  await room.slack.command({ user: WHO.opal, channel: SHOP, text: 'pause look at it' });
  remove(gone);
  await room.settle();
  await room.pass(70_000, 10_000);
  expect(room.slack.calls.filter(({ error }) => error === 'message_not_found')).toHaveLength(1);
  expect(roots(), room.transcript()).toHaveLength(1);
  expect(room.read(room.live())).toContain('⏸ *Paused*');
});

test('deleted while Slack is slow to post the new one, and the answer is lost: there is one', async () => {
  await waitsForHalf();
  remove(room.live());
  room.slack.fail({ method: 'chat.postMessage', delayMs: 200, resetAfter: true });
  await room.ask(WHO.opal, 'pause look at it');
  await room.pass(70_000, 10_000);
  expect(roots(), room.transcript()).toHaveLength(1);
  expect(room.read(room.live())).toContain('⏸ *Paused*');
  await room.ask(WHO.opal, 'resume');
  expect(room.read(room.live())).not.toContain('look at it');
  expect(roots()).toHaveLength(1);
});

test('a card that is deleted while it is open is posted once more with what was voted, and decided there', async () => {
  const people = ['operators: ["@release-team"]', 'lead: ["@engineering-lead"]'];
  room = await openRoom({ transport: 'http', plan: planText({ people, approve: '{ any: 2, of: [lead] }' }) });
  await room.toRequest(WHO.opal);
  const gone = remove(posts(room, 'request:')[0]);
  await room.home(WHO.lea);
  await room.slack.clickHome({ user: WHO.lea, actionId: 'rollout_approve' });
  await room.settle();
  const [card, ...more] = posts(room, 'request:');
  expect(more).toEqual([]);
  expect(card?.ts).not.toBe(gone);
  expect(card?.threadTs).toBe(room.live()?.ts);
  expect(room.read(card)).toContain('1 of 2');
  await room.press(WHO.lou, 'rollout_approve', card);
  expect(room.target.exposure).toBe(50);
});
