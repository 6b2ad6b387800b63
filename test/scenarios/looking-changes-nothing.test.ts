import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { openRoom, type Room } from './room.js';

describe.each(['http'] as const)('looking over %s', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  const looked = async (text: string, user: string = WHO.otto, channel = SHOP): Promise<string> => {
    const before = await room.standing();
    const answer = await room.ask(user, text, channel);
    expect(await room.standing()).toEqual(before);
    return answer;
  };

  test('bare /rollout, status, and a mention in the thread show the card with its buttons', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout a note for all');
    for (const text of ['', 'status', 'status new-checkout', 'status new-checkout#1', '  STATUS  ']) {
      const answer = await looked(text);
      expect(answer, text).toContain(' · new checkout · ');
      expect(answer, text).toContain('10 %');
      expect(answer, text).toContain('“a note for all”');
      expect(answer, text).toContain('[ Roll back ]');
    }
    const before = await room.standing();
    const root = room.live()?.ts ?? '';
    expect(await room.mention(WHO.otto, 'status', root)).toContain(' · new checkout · ');
    expect(room.slack.ephemerals(SHOP, WHO.otto).at(-1)?.threadTs).toBe(root);
    expect(await room.mention(WHO.otto, '')).toContain(' · new checkout · ');
    expect(await room.standing()).toEqual(before);
  });

  test('list names every rollout under way, from any channel', async () => {
    room = await openRoom({ transport });
    expect(await room.ask(WHO.otto, 'list')).toContain('Nothing is rolling out');
    await room.addPlan('second-plan', { target: `other-${randomUUID()}` });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.ask(WHO.opal, 'start second-plan');
    const answer = await looked('list', WHO.opal, 'C0RELEASES');
    expect(answer).toContain('2 rollouts');
    expect(answer).toContain('`new-checkout#1`');
    expect(answer).toContain('`second-plan#1`');
    expect(answer).toContain('<#C0SHOP>');
  });

  test('why says what stands before the next stage and who can move it', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    expect(await looked('why')).toContain('Missing before 50 % · Half');
    await room.passUntil('the bake is done', async () => (await room.phase()) === 'ready');
    expect(await looked('why')).toContain('Nothing is missing before 50 % · Half');
    expect(await looked('why')).toContain('engineering-lead (<!subteam^S0LEADS>) can approve');
  });

  test('history tells what happened and who did it', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_approve');
    const answer = await looked('history');
    expect(answer).toContain('events');
    expect(answer).toMatch(/1 · .* · <@U0OPAL> · started: “numbers look good”/);
    expect(answer).toMatch(/<@U0OPAL> · asked for 10 % → 50 %: “looks good”/);
    expect(answer).toMatch(/<@U0LEA> · approved 10.% → 50.%, seeing .*, complete/);
    expect(answer).toContain('read back 50 %, bake begins');
  });

  test('help about a verb is shown and not carried out', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    for (const text of ['help pause', 'pause --help', 'new-checkout pause -h', 'pause help']) {
      expect(await looked(text, WHO.opal), text).toContain('`/rollout pause [rollout] [reason]`');
    }
    expect(await room.mention(WHO.opal, 'finish --help')).toContain('`/rollout finish [rollout]');
    expect(await room.phase()).toBe('baking');
  });

  test('help shows what makes sense now, for the one who asks', async () => {
    room = await openRoom({ transport });
    expect(await room.ask(WHO.opal, 'help')).toContain('`/rollout start new-checkout`');
    await room.toRequest(WHO.opal);
    const operator = await looked('help', WHO.opal);
    const lead = await looked('help', WHO.lea);
    const outsider = await looked('help', WHO.otto);
    for (const verb of ['pause', 'rollback']) {
      expect(operator).toContain(`/rollout ${verb} new-checkout`);
      expect(lead).toContain(`/rollout ${verb} new-checkout`);
      expect(outsider).not.toContain(`/rollout ${verb} new-checkout`);
    }
    expect(lead).toContain('/rollout approve new-checkout');
    expect(operator).not.toContain('/rollout approve');
    expect(outsider).toContain('/rollout status new-checkout');
    expect(operator).not.toContain('/rollout resume');
  });

  test('status says when the plan file has changed since, and the rollout keeps to its own', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    expect(await looked('status')).not.toContain('The plan file has changed');
    await room.addPlan('new-checkout', { approve: '{ any: 2, of: [engineering-lead] }', name: 'new-checkout' });
    expect(await looked('status')).toContain('The plan file has changed since');
    expect((await room.rollout()).plan.stages[1]?.approve?.kind).toBe('each');
  });

  test('where nothing is rolling out it says so', async () => {
    room = await openRoom({ transport });
    expect(await room.ask(WHO.otto, '')).toContain('Nothing is rolling out');
    for (const verb of ['why', 'history', 'advance', 'rollback'])
      expect(await room.ask(WHO.opal, verb), verb).toContain('no_such_rollout');
  });
});
