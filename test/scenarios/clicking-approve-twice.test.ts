import { afterEach, describe, expect, test } from 'vitest';
import { TRANSPORTS, WHO } from '../support/scene.js';
import { openRoom, planText, type Room, withButton } from './room.js';

describe.each(TRANSPORTS)('clicking approve twice over %s', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  test('is one vote and one raise, and the second click is told that the request is closed', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const request = await room.rollout();
    const value = { request: request.request?.id ?? '' };
    expect(await room.press(WHO.lea, 'rollout_approve')).toBe('');
    expect(await room.pressOld(WHO.lea, 'rollout_approve', value)).toContain('request_closed');
    expect(await votesAndRaises(room)).toEqual({ votes: 1, raises: 2 });
    expect(room.target.exposure).toBe(50);
  });

  test('in the same second is one vote and one raise', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const message = await withButton(room, 'rollout_approve');
    const click = { user: WHO.lea, channel: message.channel, ts: message.ts, actionId: 'rollout_approve' };
    const deliveries = await Promise.all([room.slack.click(click), room.slack.click(click)]);
    await room.settle();
    expect(deliveries.map((delivery) => delivery.acked)).toEqual([true, true]);
    expect(await votesAndRaises(room)).toEqual({ votes: 1, raises: 2 });
    expect(room.target.exposure).toBe(50);
  });

  test('does not make up two of two people, and says that the first click is on record', async () => {
    room = await openRoom({ transport, plan: planText({ approve: '{ any: 2, of: [engineering-lead] }' }) });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_approve');
    const before = await room.standing();
    expect(await room.press(WHO.lea, 'rollout_approve')).toContain('your approval is on record already');
    expect(await room.standing()).toEqual(before);
    expect(before.exposure).toBe(10);
    await room.press(WHO.lou, 'rollout_approve');
    expect(room.target.exposure).toBe(50);
    expect(await votesAndRaises(room)).toEqual({ votes: 2, raises: 2 });
  });
});

/** The first stage needs no vote, so its raise is one of them. */
async function votesAndRaises(room: Room): Promise<{ votes: number; raises: number }> {
  const events = await room.events();
  const count = (type: string) => events.filter((event) => event === type).length;
  return { votes: count('approval_recorded'), raises: count('raise_ordered') };
}
