import { afterEach, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { askedAnew } from './people-and-places.js';
import { openRoom, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const opensBackTo = async (user: string): Promise<string> =>
  room.pressOld(user, 'rollout_rollback', { rollout: (await room.rollout()).id, form: 'to' });

test.each([
  ['a NUL', 'checkout broken \u0000 now'],
  ['half an emoji', 'checkout broken \ud83d now'],
])('a rollback by form is not held up by %s', async (_what, reason) => {
  room = await openRoom({ transport: 'http' });
  await room.toReady(WHO.opal);
  await opensBackTo(WHO.opal);
  expect(await room.fill(WHO.opal, { to: 'off', reason })).toBe('');
  expect(room.target.exposure).toBe(0);
});

test('a guest is shown no form of a rollback either', async () => {
  room = await openRoom({ transport: 'http' });
  await room.toReady(WHO.opal);
  expect(await opensBackTo(WHO.gina)).toContain('guest_or_stranger');
  expect(room.form(WHO.gina)).toBe('');
});

test('the form of extend, opened in one stage, makes no other bake longer', async () => {
  room = await openRoom({ transport: 'http' });
  await room.toReady(WHO.opal);
  await room.ask(WHO.opal, 'extend 30m');
  await room.ask(WHO.oscar, 'advance');
  await room.press(WHO.lea, 'rollout_approve');
  await room.passUntil('half have it', () => room.target.exposure === 50);
  expect(await room.fill(WHO.opal, { reason: 'longer at ten percent' })).toContain('stale_button');
  expect((await room.rollout()).bake.extraMs).toBe(0);
});

test('after downtime a click on a request that is over raises nothing, whoever looks first', async () => {
  room = await openRoom({ transport: 'http' });
  await room.toRequest(WHO.opal);
  await room.db.query(`update test_clock set at = at + interval '25 hours'`);
  await room.press(WHO.lea, 'rollout_approve');
  expect(room.target.exposure).toBe(10);
});

test('a run that never began does not make the rollback before it forgotten', async () => {
  room = await openRoom({ transport: 'http' });
  await room.toReady(WHO.opal);
  room.errors.set(50);
  await room.passUntil('it is rolled back', async () => (await room.phase()) === 'rolled_back');
  await room.pass(60_000, 10_000);
  await room.ask(WHO.opal, 'start new-checkout again');
  await room.passUntil('it does not begin', async () => (await room.phase()) === 'not_started');
  room.errors.set(0.3);
  expect(await room.ask(WHO.opal, 'start new-checkout')).toContain('last_run_rolled_back');
  await room.ask(WHO.opal, 'start new-checkout false-alarm the probe read another shop');
  expect((await room.rollout()).entry).toMatchObject({ run: 1, stageNo: 1 });
});

test('one look at Home asks Slack about a group once, however many rollouts name it', async () => {
  room = await openRoom({ transport: 'http' });
  for (const n of [1, 2, 3, 4]) {
    await room.addPlan(`plan-${n}`, { target: `$TARGET-${n}` });
    await room.ask(WHO.opal, `start plan-${n}`);
  }
  await askedAnew(room);
  const before = room.slack.calls.length;
  await room.home(WHO.lea);
  await expect.poll(() => room.slack.calls.slice(before).map(({ method }) => method)).toContain('views.publish');
  const asked = room.slack.calls.slice(before).filter(({ method }) => method === 'usergroups.users.list');
  expect(asked.length).toBeLessThanOrEqual(2);
});
