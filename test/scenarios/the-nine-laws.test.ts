import { expect, test } from 'vitest';
import { TRANSPORTS, WHO } from '../support/scene.js';
import { PLAN } from '../support/scene-words.js';
import {
  baked,
  bakingAtHalf,
  bakingAtTen,
  breach,
  count,
  HOUR,
  MINUTE,
  moveClock,
  raiseHangs,
  SECOND,
  stage,
  waitingForHalf,
} from './on-stage.js';

// One test for each law of docs/explanation/safety-model.md, by its number; other scenarios go into the corners.

test.each(TRANSPORTS)('law 1: durable, then ack; the same delivery twice is one event (%s)', async (transport) => {
  const stored: number[] = [];
  const scene = await stage({
    transport,
    onCrashPoint: async (step) => {
      if (step === 'FP03') stored.push((await scene.events()).length);
    },
  });
  await bakingAtTen(scene);
  const { delivery } = await scene.command(WHO.opal, 'pause lunch');
  expect(delivery.acked).toBe(true);
  expect(stored.at(-1)).toBeGreaterThan(stored[0] ?? 0);
  const before = await scene.events();
  await delivery.again('retry');
  await delivery.again('replay');
  await scene.settle();
  expect(await scene.events()).toEqual(before);
});

test('law 2: a target is believed only when read, and a lowering waits for no raise', async () => {
  const scene = await stage();
  await raiseHangs(scene);
  expect((await scene.rollout()).exposure.confirmed).toBe(10);
  await scene.command(WHO.opal, 'rollback');
  expect(scene.target.exposure).toBe(0);
  expect(await scene.phase()).toBe('rolled_back');
  scene.target.applyLate();
  await scene.pass(40 * SECOND, 5 * SECOND);
  expect(scene.target.exposure).toBe(0);
});

test('law 3: exposure rises only when somebody who may asks: what is moved by hand is taken back or held', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  scene.target.exposure = 60;
  await scene.pass(20 * SECOND, 10 * SECOND);
  expect(scene.target.exposure).toBe(10);
  scene.target.exposure = 3;
  await scene.pass(MINUTE, 10 * SECOND);
  expect(scene.target.exposure).toBe(3);
  expect(await scene.phase()).toBe('held');
});

test('law 4: no data is neither healthy nor a breach: the clock stands still and nothing passes', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  scene.errors.set({ unknown: 'timeout' });
  await scene.pass(10 * MINUTE, 10 * SECOND);
  expect(await scene.phase()).toBe('baking');
  expect(scene.target.exposure).toBe(10);
  expect(scene.read(scene.live())).toContain('stands still');
});

test('law 5: a bake counts observed healthy time: six hours nobody watched are no bake', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  await scene.stop();
  await moveClock(scene, 6 * HOUR);
  await scene.restart();
  await scene.settle();
  expect(await scene.phase()).toBe('baking');
  await baked(scene);
});

test('law 6: rollback is always open, after the end too, and its first message tells the truth', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  await baked(scene);
  await scene.command(WHO.opal, 'finish enough');
  await scene.slack.submit({ user: WHO.opal, values: {} });
  await scene.settle();
  expect(await scene.phase()).toBe('completed');
  await scene.command(WHO.opal, 'rollback');
  expect(scene.target.exposure).toBe(0);
  expect(scene.transcript()).toContain('Rolled back New checkout');
});

test('law 7: an approval binds to what its card showed: a worse verdict voids it', async () => {
  const scene = await stage();
  await waitingForHalf(scene);
  scene.errors.set(3);
  await scene.pass(2 * MINUTE, 10 * SECOND);
  expect(await count(scene, 'approval_voided')).toBe(1);
  expect(scene.target.exposure).toBe(10);
  expect(await scene.phase()).toBe('ready');
});

test('law 8: nothing is stuck: a row that is not over has a time to be looked at, by constraint', async () => {
  const scene = await stage();
  await bakingAtHalf(scene);
  await expect(scene.db.query('update rollouts set next_wake_at = null')).rejects.toThrow('no_stuck_rollouts');
  await breach(scene);
  await scene.db.query('update rollouts set next_wake_at = null');
});

test('law 9: a refusal has a code, every condition and the command that helps', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  const { answer } = await scene.command(WHO.opal, 'advance 50');
  expect(answer).toContain('bake_incomplete');
  for (const condition of ['bake', 'health', 'approval']) expect(answer).toMatch(new RegExp(`[✔✖○] ${condition}`));
  expect(answer).toContain('/rollout why new-checkout');
});
