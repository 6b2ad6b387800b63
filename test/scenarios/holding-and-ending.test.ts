import { afterEach, describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { openRoom, type Room } from './room.js';

describe.each(['http'] as const)('over %s', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  test('pause stops the bake, and resume goes on with what was observed before', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.pass(10_000, 5_000);
    expect(await room.ask(WHO.lea, 'pause lunch')).toContain('paused at 10 %');
    expect((await room.rollout()).held).toMatchObject({ cause: 'paused_by_person', note: 'lunch' });
    await room.pass(600_000, 60_000);
    expect(await room.phase()).toBe('held');
    expect(room.read(room.live())).toContain('“lunch”');
    expect(await room.ask(WHO.opal, 'pause')).toContain('already paused');
    expect(await room.ask(WHO.opal, 'resume')).toContain('resumed, baking at 10 %');
    await room.pass(5_000, 5_000);
    expect(await room.phase()).toBe('baking');
    await room.passUntil('the rest of the bake is over', async () => (await room.phase()) === 'ready', {
      maxMs: 30_000,
    });
    expect(room.target.exposure).toBe(10);
  });

  test('extend makes the bake longer, also one that was over already', async () => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    expect(await room.ask(WHO.opal, 'extend 1m quiet night')).toContain('the bake now takes 1 minute 20 seconds');
    expect(await room.phase()).toBe('baking');
    await room.pass(30_000, 5_000);
    expect(await room.phase()).toBe('baking');
    await room.passUntil('the longer bake is over', async () => (await room.phase()) === 'ready', { maxMs: 120_000 });
  });

  test.each(['extend soon', 'extend -5m', 'extend 0m'])('%s is refused, and shows how it is written', async (text) => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    const before = await room.standing();
    const answer = await room.ask(WHO.opal, text);
    expect(answer).toContain('bad_arguments');
    expect(answer).toContain('for example 30m');
    expect(await room.standing()).toEqual(before);
  });

  test.each(TARGETS)(
    'finish ends it where it stands, unwatched, says so, and it can still be taken back; on %s',
    async (target) => {
      room = await openRoom({ transport, target });
      await room.toReady(WHO.opal);
      await room.ask(WHO.opal, 'finish good enough');
      expect(room.form(WHO.opal)).toContain('watched');
      expect(await room.phase()).toBe('ready');
      expect(await room.fill(WHO.opal, {})).toBe('');
      expect(await room.phase()).toBe('completed');
      const post = room.posts().find((each) => each.metadata?.event_payload.slot === 'completed');
      expect(post?.broadcast).toBe(true);
      expect(room.read(post)).toContain('“good enough”');
      room.errors.set(50);
      await room.restart();
      await room.pass(60_000, 20_000);
      expect(room.target.exposure).toBe(10);
      expect(await room.ask(WHO.opal, 'rollback new-checkout#1 that was not good')).toContain('from 10 % to 0 %');
      expect(room.target.exposure).toBe(0);
      expect(await room.phase()).toBe('rolled_back');
    },
  );

  test('resume and finish are refused while it bakes, and nothing is asked of a run that is over', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    for (const verb of ['resume', 'finish']) expect(await room.ask(WHO.opal, verb), verb).toContain('wrong_phase');
    await room.ask(WHO.opal, 'rollback');
    const before = await room.standing();
    for (const verb of ['advance', 'pause', 'resume', 'extend 5m late', 'finish', 'deny why not']) {
      expect(await room.ask(WHO.opal, verb), verb).toContain('no_such_rollout');
      expect(await room.ask(WHO.opal, verb.replace(/^\w+/, '$& new-checkout#1')), verb).toMatch(
        /wrong_phase|request_closed/,
      );
    }
    expect(await room.standing()).toEqual(before);
  });

  test('I have it is noted once per person, under the incident', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.ask(WHO.opal, 'rollback');
    await room.pass(3_000);
    await room.press(WHO.lea, 'rollout_have');
    expect(await room.press(WHO.lea, 'rollout_have')).toContain('already yours');
    expect((await room.events()).filter((event) => event === 'acknowledged')).toHaveLength(1);
    const incident = room.posts().find((post) => String(post.metadata?.event_payload.slot).startsWith('incident:'));
    expect(room.read(incident)).toContain('<@U0LEA> has it');
  });
});
