import { expect, test } from 'vitest';
import { PLAN } from '../support/scene-words.js';
import { bakingAtTen, count, HOUR, MINUTE, SECOND, stage } from './on-stage.js';

/** Ten seconds apart for ten minutes after a raise. */
const A_CHECK = 10 * SECOND;

test('one bad reading between good ones changes nothing', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  await scene.pass(A_CHECK, A_CHECK);
  scene.errors.enqueue(50);
  await scene.pass(5 * A_CHECK, A_CHECK);
  expect(await scene.phase()).toBe('baking');
  expect(scene.target.exposure).toBe(10);
  expect(await count(scene, 'rollback_ordered')).toBe(0);
  expect((await scene.rollout()).health.verdicts['error-rate']).toBe('pass');
});

test('no data between two bad readings neither counts as one nor lets the first be forgotten', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  await scene.pass(A_CHECK, A_CHECK);
  scene.errors.enqueue(50, { unknown: 'timeout' }, 50);
  await scene.pass(2 * A_CHECK, A_CHECK);
  expect(await scene.phase()).toBe('baking');
  await scene.pass(A_CHECK, A_CHECK);
  expect(await scene.phase()).toBe('rolled_back');
  expect(scene.target.exposure).toBe(0);
});

test('no data between a bad and a good reading is still only one bad reading', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  await scene.pass(A_CHECK, A_CHECK);
  scene.errors.enqueue(50, { unknown: 'timeout' }, { unknown: 'timeout' }, 0.3);
  await scene.pass(6 * A_CHECK, A_CHECK);
  expect(await count(scene, 'rollback_ordered')).toBe(0);
  expect(scene.target.exposure).toBe(10);
});

test('a bad reading does not count as healthy time, so the bake takes longer', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  await scene.pass(2 * MINUTE, A_CHECK);
  scene.errors.enqueue(50);
  await scene.pass(3 * MINUTE, A_CHECK);
  expect(await scene.phase()).toBe('baking');
  await scene.passUntil('ready', async () => (await scene.phase()) === 'ready', { stepMs: A_CHECK, maxMs: HOUR });
  expect((await scene.rollout()).bake.observedMs).toBe(5 * MINUTE);
});
