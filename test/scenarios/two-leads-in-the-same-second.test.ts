import { afterEach, describe, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { openRoom, type Room, withButton } from './room.js';

describe.each(['socket'] as const)('in the same second over %s', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  test('two leads approve: one raise, one vote, and the other hears that it is done', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const message = await withButton(room, 'rollout_approve');
    const answers = await Promise.all([WHO.lea, WHO.lou].map((user) => room.press(user, 'rollout_approve', message)));
    expect(answers.filter((answer) => answer === '')).toHaveLength(1);
    expect(answers.join('')).toContain('request_closed');
    const events = await room.events();
    expect(events.filter((event) => event === 'approval_recorded')).toHaveLength(1);
    expect(events.filter((event) => event === 'raise_ordered')).toHaveLength(2);
    expect(room.target.calls.filter((call) => call.operation === 'set')).toHaveLength(2);
    expect(room.target.exposure).toBe(50);
  });

  test('one lead approves and the other denies: exactly one of them is obeyed', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const message = await withButton(room, 'rollout_approve');
    const answers = await Promise.all([
      room.press(WHO.lea, 'rollout_approve', message),
      room.ask(WHO.lou, 'deny not yet'),
    ]);
    expect(answers.filter((answer) => answer.includes('request_closed'))).toHaveLength(1);
    const events = await room.events();
    const approved = events.includes('approval_recorded');
    expect(events.includes('approval_denied')).toBe(!approved);
    expect(room.target.exposure).toBe(approved ? 50 : 10);
  });

  test('two operators advance: one request is opened', async () => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    const answers = await Promise.all([WHO.opal, WHO.oscar].map((user) => room.ask(user, 'advance')));
    expect(answers.filter((answer) => answer.includes('is asked for in the thread'))).toHaveLength(1);
    expect(answers.filter((answer) => answer.includes('wrong_phase'))).toHaveLength(1);
    expect((await room.events()).filter((event) => event === 'approval_requested')).toHaveLength(1);
    expect(room.target.exposure).toBe(10);
  });

  test('two operators start the same plan: one rollout, and the other is told that it runs', async () => {
    room = await openRoom({ transport });
    const answers = await Promise.all([WHO.opal, WHO.oscar].map((user) => room.ask(user, 'start new-checkout')));
    expect(answers.filter((answer) => answer.includes('targets and checks are read first'))).toHaveLength(1);
    expect(answers.filter((answer) => /already_running|target_locked/.test(answer))).toHaveLength(1);
    expect((await room.events()).filter((event) => event === 'started')).toHaveLength(1);
    expect(room.posts().filter((post) => post.threadTs === undefined)).toHaveLength(1);
    expect(room.target.exposure).toBe(10);
  });

  test('two operators start two plans on one target: one of them gets it', async () => {
    room = await openRoom({ transport });
    await room.addPlan('second-plan', {});
    const answers = await Promise.all([
      room.ask(WHO.opal, 'start new-checkout'),
      room.ask(WHO.oscar, 'start second-plan'),
    ]);
    expect(answers.filter((answer) => answer.includes('target_locked'))).toHaveLength(1);
    expect((await room.events()).filter((event) => event === 'started')).toHaveLength(1);
    expect(room.target.exposure).toBe(10);
  });

  test('rollback and approve: it ends at 0', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const message = await withButton(room, 'rollout_approve');
    await Promise.all([
      room.press(WHO.lea, 'rollout_approve', message),
      room.slack.command({ user: WHO.oscar, channel: SHOP, text: 'rollback' }),
    ]);
    await room.passUntil('it is off', async () => (await room.phase()) === 'rolled_back');
    await room.pass(35_000, 5_000);
    expect(room.target.exposure).toBe(0);
  });
});
