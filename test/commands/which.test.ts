import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRoom, type Room } from '../scenarios/room.js';
import { SHOP, WHO } from '../support/scene.js';

/** Which rollout is meant, as people see it: the answer repeats the name. */
let room: Room;
beforeEach(async () => {
  room = await openRoom({ transport: 'http' });
  for (const name of ['second-plan', 'third-plan'])
    await room.addPlan(name, {
      target: `${name}-${randomUUID()}`,
      ...(name === 'third-plan' ? { channel: '#releases' } : {}),
    });
});
afterEach(() => room.close());

const start = (plan: string) => room.command(WHO.opal, `start ${plan}`);
const status = (rest = '', channel = SHOP) => room.ask(WHO.opal, `status ${rest}`, channel);

describe('the only one of this channel', () => {
  test('needs no name, even when another channel has its own', async () => {
    await start('new-checkout');
    await start('third-plan');
    expect(await status()).toContain('`new-checkout#1`');
    expect(await status('', 'C0RELEASES')).toContain('`third-plan#1`');
  });

  test('is not meant by a plan#run that never was', async () => {
    await start('new-checkout');
    for (const name of ['new-checkout#2', 'second-plan#1'])
      expect(await status(name), name).toContain('no_such_rollout');
    expect(await room.ask(WHO.opal, 'rollback new-checkout#7')).toContain('no_such_rollout');
    expect(room.target.exposure).toBe(10);
  });
});

describe('a name with a slip in it', () => {
  test('is asked about, and is no reason to do it to the only one there is', async () => {
    await start('new-checkout');
    const before = await room.events();
    for (const verb of ['pause', 'why', 'extend', 'status']) {
      const answer = await room.ask(WHO.opal, `${verb} new-chekout`);
      expect(answer, verb).toContain('no_such_rollout');
      expect(answer, verb).toContain('did you mean');
    }
    expect(await room.events()).toEqual(before);
  });

  test('holds no rollback up', async () => {
    await start('new-checkout');
    await room.ask(WHO.opal, 'rollback new-chekout');
    expect(room.target.exposure).toBe(0);
  });
});

describe('the name of another plan', () => {
  test('moves nothing on that was not named, also when that plan never ran or only looks alike', async () => {
    await start('new-checkout');
    await room.passUntil('the first bake is done', async () => (await room.phase()) === 'ready');
    const before = await room.events();
    for (const name of ['second-plan', 'second plan', 'new-checkout-v2', 'new-checkout2'])
      expect(await room.ask(WHO.opal, `advance ${name}`), name).toContain('no_such_rollout');
    expect(await room.ask(WHO.opal, 'advance new-checkout→99')).toContain('99 % is not the next stage');
    expect(await room.events()).toEqual(before);
  });
});

describe('two in one channel', () => {
  beforeEach(async () => {
    await start('new-checkout');
    await start('second-plan');
  });

  test('are asked about by name, with the command for each, and nothing is done', async () => {
    const before = await room.events();
    for (const verb of ['status', 'rollback', 'pause', 'advance']) {
      const answer = await room.ask(WHO.opal, verb);
      expect(answer, verb).toContain('Which rollout?');
      expect(answer, verb).toContain(`\`/rollout ${verb} new-checkout#1\``);
      expect(answer, verb).toContain(`\`/rollout ${verb} second-plan#1\``);
    }
    expect(await room.events()).toEqual(before);
  });

  test('are told apart by the plan, and by plan and run', async () => {
    expect(await status('second-plan')).toContain('`second-plan#1`');
    expect(await status('`new-checkout`')).toContain('`new-checkout#1`');
    expect(await status('second-plan#1')).toContain('`second-plan#1`');
    await room.ask(WHO.opal, 'rollback new-checkout users complain');
    expect(room.target.exposure).toBe(0);
    expect(await room.phase()).not.toBe('rolled_back');
  });

  test('are told apart by the thread it is said in', async () => {
    const threads = room.posts().filter((post) => post.threadTs === undefined);
    const of = (name: string) => threads.find((post) => room.read(post).includes(` · ${name} · `))?.ts ?? '';
    expect(await room.mention(WHO.opal, 'status', of('second plan'))).toContain('`second-plan#1`');
    expect(await room.mention(WHO.opal, 'status', of('new checkout'))).toContain('`new-checkout#1`');
    await room.mention(WHO.opal, 'rollback', of('new checkout'));
    expect(room.target.exposure).toBe(0);
  });

  test('a name beats the thread', async () => {
    const root = room
      .posts()
      .find((post) => post.threadTs === undefined && room.read(post).includes(' · second plan · '));
    expect(await room.mention(WHO.opal, 'status new-checkout', root?.ts)).toContain('`new-checkout#1`');
  });
});

describe('a word that is no rollout', () => {
  test('belongs to the command: a reason, or a stage called like nothing active', async () => {
    await start('new-checkout');
    await room.ask(WHO.opal, 'pause second-plan goes first');
    expect((await room.rollout()).held?.note).toBe('second-plan goes first');
  });

  test('of another channel is meant by its full name', async () => {
    await start('third-plan');
    expect(await status('third-plan#1')).toContain('`third-plan#1`');
    expect(await status('third-plan')).toContain('`third-plan#1`');
  });
});

describe('a run that is over', () => {
  test('can be looked at and taken back, while it is recent', async () => {
    await room.toReady(WHO.opal);
    await room.finish(WHO.opal, 'enough');
    expect(await status()).toContain('`new-checkout#1`');
    expect(await room.ask(WHO.opal, 'rollback')).toContain('from 10 % to 0 %');
    expect(room.target.exposure).toBe(0);
  });

  test('is not meant where a newer run is active', async () => {
    await start('new-checkout');
    await room.ask(WHO.opal, 'rollback');
    await room.pass(60_000, 10_000);
    await start('new-checkout');
    expect(await status()).toContain('`new-checkout#2`');
    expect(await status('new-checkout')).toContain('`new-checkout#2`');
    expect(await status('new-checkout#1')).toContain('`new-checkout#1`');
  });
});
