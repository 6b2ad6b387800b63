import { afterEach, describe, expect, test } from 'vitest';
import { SHOP, TRANSPORTS, WHO } from '../support/scene.js';
import { openRoom, type Room, withButton } from './room.js';

describe.each(TRANSPORTS)('the same delivery again over %s', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  /** Types it, has it delivered twice more, and says whether the events and the flag are those of the first time. */
  const typedThrice = async (user: string, text: string): Promise<void> => {
    const delivery = await room.slack.command({ user, channel: SHOP, text });
    await room.settle();
    const once = await room.standing();
    for (const how of ['replay', 'retry'] as const) {
      expect((await delivery.again(how)).acked, `${text} ${how}`).toBe(true);
      await room.settle();
      expect(await room.standing(), `${text} ${how}`).toEqual(once);
    }
  };

  test('of every command and click of a rollout is one event, and one message', async () => {
    room = await openRoom({ transport });
    await typedThrice(WHO.opal, 'start new-checkout good');
    await typedThrice(WHO.opal, 'extend 5s late start');
    await typedThrice(WHO.opal, 'pause lunch');
    await typedThrice(WHO.opal, 'resume');
    await room.passUntil('the bake is done', async () => (await room.phase()) === 'ready');
    await typedThrice(WHO.opal, 'advance 50');
    const message = await withButton(room, 'rollout_approve');
    const click = await room.slack.click({ user: WHO.lea, channel: SHOP, ts: message.ts, actionId: 'rollout_approve' });
    await room.settle();
    const once = await room.standing();
    expect(once.exposure).toBe(50);
    for (const how of ['replay', 'retry'] as const) await click.again(how);
    await room.settle();
    expect(await room.standing()).toEqual(once);
    await typedThrice(WHO.opal, 'rollback enough');
    expect(room.target.exposure).toBe(0);
    const slots = room.posts().map((post) => String(post.metadata?.event_payload.slot));
    expect(new Set(slots).size).toBe(slots.length);
  });

  test('twice in the same moment is one event', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    const delivery = await room.slack.command({ user: WHO.opal, channel: SHOP, text: 'extend 1m late start' });
    await Promise.all([delivery.again('retry'), delivery.again('replay'), delivery.again('retry')]);
    await room.settle();
    expect((await room.events()).filter((event) => event === 'bake_extended')).toHaveLength(1);
    expect((await room.rollout()).bake.extraMs).toBe(60_000);
  });

  test('of an approval, after the stage it was for has been rolled back, raises nothing', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const message = await withButton(room, 'rollout_approve');
    const click = await room.slack.click({ user: WHO.lea, channel: SHOP, ts: message.ts, actionId: 'rollout_approve' });
    await room.settle();
    await room.ask(WHO.opal, 'rollback to 10');
    expect(room.target.exposure).toBe(10);
    const before = await room.standing();
    for (const how of ['replay', 'retry'] as const) await click.again(how);
    await room.settle();
    expect(await room.standing()).toEqual(before);
  });

  test('of a rollback, after the same plan was started again, does not roll the new run back', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    const rollback = await room.slack.command({ user: WHO.opal, channel: SHOP, text: 'rollback' });
    await room.settle();
    await room.pass(60_000, 5_000);
    await room.ask(WHO.opal, 'start new-checkout');
    expect((await room.rollout()).run).toBe(2);
    const before = await room.standing();
    await rollback.again('retry');
    await room.settle();
    expect(await room.standing()).toEqual(before);
    expect(room.target.exposure).toBe(10);
  });

  test('with other words is refused', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    const { id } = await room.rollout();
    const same = { trigger_id: '1.2.three' };
    await room.pressOld(WHO.opal, 'rollout_pause', { rollout: id }, same);
    expect(await room.phase()).toBe('held');
    const before = await room.standing();
    expect(before.exposure).toBe(10);
    const answer = await pressedAgain(room, WHO.opal, 'rollout_rollback', { rollout: id }, same);
    expect(answer).toContain('changed_delivery');
    expect(await pressedAgain(room, WHO.oscar, 'rollout_pause', { rollout: id }, same)).toContain('changed_delivery');
    expect(await room.standing()).toEqual(before);
  });

  test('of a click that comes before the one clicked first changes nothing but the order', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const request = (await room.rollout()).request?.id ?? '';
    const { id } = await room.rollout();
    await room.press(WHO.opal, 'rollout_pause');
    const answer = await room.pressOld(WHO.lea, 'rollout_approve', { request });
    expect(answer).toContain('request_closed');
    expect(await room.phase()).toBe('held');
    expect(room.target.exposure).toBe(10);
    await room.pressOld(WHO.opal, 'rollout_resume', { rollout: id });
    expect(await room.phase()).toBe('ready');
    expect(room.target.exposure).toBe(10);
  });

  test('of a refusal gives the same words, even when it would be accepted by now', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    const early = await room.slack.command({ user: WHO.opal, channel: SHOP, text: 'advance' });
    await room.passUntil('the bake is done', async () => (await room.phase()) === 'ready');
    const before = await room.standing();
    await early.again('retry');
    await room.settle();
    expect(await room.standing()).toEqual(before);
    expect(await room.phase()).toBe('ready');
  });
});

/** The inbox knows this trigger already, so the answer alone says that it was handled. */
async function pressedAgain(room: Room, user: string, action: string, value: object, body: object): Promise<string> {
  const before = room.slack.ephemerals(SHOP, user).length;
  const ts = room.live()?.ts ?? '';
  const click = { user, channel: SHOP, ts, actionId: action, value: JSON.stringify(value), body: { ...body } };
  await room.slack.clickRaw(click);
  const told = () => room.slack.ephemerals(SHOP, user).slice(before);
  // In the channel and in the thread: nobody knows where it was clicked.
  await expect.poll(() => told().length, { timeout: 60_000 }).toBe(2);
  await room.settle();
  return told()
    .map((message) => room.read(message))
    .join('\n');
}
