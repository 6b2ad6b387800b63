import { afterEach, describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { openRoom, type Room } from './room.js';

describe.each(['socket'] as const)('an old button over %s', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  const idOf = async () => (await room.rollout()).id;
  const unchanged = async (press: () => Promise<string>): Promise<string> => {
    const before = await room.standing();
    const answer = await press();
    expect(await room.standing()).toEqual(before);
    return answer;
  };

  test.each(TARGETS)(
    'of an earlier stage does not advance the later one, after a restart too; on %s',
    async (target) => {
      room = await openRoom({ transport, target });
      await room.toRequest(WHO.opal);
      await room.press(WHO.lea, 'rollout_approve');
      await room.passUntil('the second bake is done', async () => (await room.phase()) === 'ready');
      await room.restart();
      const value = { rollout: await idOf(), stage: 1, attempt: 1 };
      const answer = await unchanged(() => room.pressOld(WHO.opal, 'rollout_advance', value));
      expect(answer).toContain('stale_button');
      expect(answer).toContain('The rollout has moved on since that button was shown');
      expect(room.target.exposure).toBe(50);
    },
  );

  test('of an earlier request does not approve the later one', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const first = (await room.rollout()).request?.id ?? '';
    await room.ask(WHO.lea, 'deny not yet');
    await room.ask(WHO.opal, 'advance once more');
    expect((await room.rollout()).request?.id).not.toBe(first);
    for (const action of ['rollout_approve', 'rollout_deny']) {
      const answer = await unchanged(() => room.pressOld(WHO.lou, action, { request: first }));
      expect(answer).toContain('request_closed');
    }
    expect(room.target.exposure).toBe(10);
  });

  test('of a finished rollout moves nothing on', async () => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    const rollout = await idOf();
    await room.finish(WHO.opal, 'enough');
    expect(await room.phase()).toBe('completed');
    for (const [action, value] of [
      ['rollout_advance', { rollout, stage: 1, attempt: 1 }],
      ['rollout_pause', { rollout }],
      ['rollout_resume', { rollout }],
    ] as const) {
      expect(await unchanged(() => room.pressOld(WHO.opal, action, value)), action).toContain('wrong_phase');
    }
    expect(room.target.exposure).toBe(10);
  });

  test('roll back still works after the end, because users still get the change', async () => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    const rollout = await idOf();
    await room.finish(WHO.opal, 'enough');
    await room.pressOld(WHO.opal, 'rollout_rollback', { rollout });
    expect(room.target.exposure).toBe(0);
    expect(await room.phase()).toBe('rolled_back');
  });

  test('that Slack delivers after more than a minute raises nothing, and a rollback so late still goes down', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const request = (await room.rollout()).request?.id ?? '';
    const late = (actionId: string, value: object) => ({
      actions: [
        {
          type: 'button',
          action_id: actionId,
          block_id: 'b',
          value: JSON.stringify(value),
          text: { type: 'plain_text', text: 'x' },
          action_ts: String(Date.now() / 1000 - 61),
        },
      ],
    });
    const approval = { request };
    const answer = await unchanged(() =>
      room.pressOld(WHO.lea, 'rollout_approve', approval, late('rollout_approve', approval)),
    );
    expect(answer).toContain('stale_delivery');
    const all = { rollout: await idOf() };
    await room.pressOld(WHO.lea, 'rollout_rollback', all, late('rollout_rollback', all));
    expect(room.target.exposure).toBe(0);
  });

  test('whose value is not ours is taken and ignored', async () => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    const before = await room.standing();
    const ts = room.live()?.ts ?? '';
    for (const value of ['', 'null', '{"rollout":"1"}', '{"rollout":1,"more":2}', '{"request":"x"}', '[]']) {
      const click = { user: WHO.opal, channel: 'C0SHOP', ts, actionId: 'rollout_rollback', value };
      expect((await room.slack.clickRaw(click)).acked, value).toBe(true);
    }
    await room.settle();
    expect(await room.standing()).toEqual(before);
  });

  test('of a rollout that does not exist is refused', async () => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    const answer = await unchanged(() => room.pressOld(WHO.opal, 'rollout_rollback', { rollout: 999_999 }));
    expect(answer).toContain('no_such_rollout');
  });
});
