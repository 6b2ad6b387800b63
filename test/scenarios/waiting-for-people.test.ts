import { expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { PLAN } from '../support/scene-words.js';
import {
  baked,
  bakingAtTen,
  count,
  HOUR,
  MINUTE,
  posts,
  readSlot,
  SECOND,
  slotOf,
  stage,
  told,
  waitingForHalf,
} from './on-stage.js';

test('a request that nobody answers is reminded of every four hours and expires after a day', async () => {
  const scene = await stage();
  await waitingForHalf(scene);
  const value = JSON.stringify({ request: (await scene.rollout()).request?.id });
  await scene.pass(3 * HOUR + 59 * MINUTE, 30 * MINUTE);
  expect(posts(scene, 'reminder:')).toHaveLength(0);
  await scene.pass(30 * MINUTE, 10 * MINUTE);
  expect(posts(scene, 'reminder:')).toHaveLength(1);
  await scene.pass(20 * HOUR, HOUR);
  expect(await scene.phase()).toBe('ready');
  expect(await count(scene, 'approval_expired')).toBe(1);
  expect(posts(scene, 'reminder:').length).toBeLessThanOrEqual(6);
  expect(readSlot(scene, 'request:')).toMatch(/expired/i);
  const card = posts(scene, 'request:')[0];
  if (!card) throw new Error('there is no card');
  await scene.slack.clickRaw({ user: WHO.lea, channel: card.channel, ts: card.ts, actionId: 'rollout_approve', value });
  await scene.settle();
  expect(told(scene)).toEqual([10]);
});

test('nobody advances by themselves: a baked stage waits, reminded of, for days', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  await baked(scene);
  await scene.pass(50 * HOUR, HOUR);
  expect(await scene.phase()).toBe('ready');
  expect(scene.target.exposure).toBe(10);
  // Six at four hours' distance, then one a day.
  expect(posts(scene, 'reminder:')).toHaveLength(7);
});

test('a stage gets its own whole bake, however long people waited before it', async () => {
  const scene = await stage({ plan: PLAN });
  await waitingForHalf(scene);
  await scene.pass(3 * HOUR, 10 * MINUTE);
  await scene.click(WHO.lea, 'rollout_approve');
  await scene.pass(4 * MINUTE, 10 * SECOND);
  expect(await scene.phase()).toBe('baking');
  await baked(scene);
  expect((await scene.rollout()).bake.observedMs).toBe(5 * MINUTE);
});

test('a warning is reported once, changes nothing, and its message is edited when it is over', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  await scene.pass(30 * SECOND, 10 * SECOND);
  scene.errors.set(3);
  await scene.pass(MINUTE, 10 * SECOND);
  expect(readSlot(scene, 'alerts:')).toContain('Error rate 3 % is over its warning 2 %');
  const open = posts(scene, 'alerts:')[0];
  scene.errors.set(0.5);
  await scene.pass(30 * SECOND, 10 * SECOND);
  expect(readSlot(scene, 'alerts:')).toContain('*Recovered*: Error rate is back at 0.5 %');
  expect(posts(scene, 'alerts:')[0]?.ts).toBe(open?.ts);
  await baked(scene);
  expect((await scene.rollout()).bake.observedMs).toBe(5 * MINUTE);
  expect(readSlot(scene, 'complete:1')).toContain('1 opened, 1 closed');
  scene.errors.set(3);
  await scene.pass(MINUTE, 10 * SECOND);
  expect(posts(scene, 'alerts:').map(slotOf)).toEqual(['alerts:1', 'alerts:2']);
});

test.each(TARGETS)(
  'after a rollback the same plan can be started again, as its next run, once the target has settled; on %s',
  async (target) => {
    const scene = await stage({ target });
    await bakingAtTen(scene);
    await scene.command(WHO.opal, 'rollback');
    const { answer } = await scene.command(WHO.opal, 'start new-checkout');
    expect(answer).toContain('target_settling');
    await scene.pass(40 * SECOND, 5 * SECOND);
    await scene.command(WHO.opal, 'start new-checkout second try');
    expect(await scene.rollout()).toMatchObject({ run: 2, phase: 'baking', exposure: { confirmed: 10 } });
    expect(scene.target.exposure).toBe(10);
    expect(posts(scene, 'live')).toHaveLength(2);
  },
);
