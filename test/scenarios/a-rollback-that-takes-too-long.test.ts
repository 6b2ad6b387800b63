import { expect, test } from 'vitest';
import { TargetError } from '../../src/targets/target.js';
import { WHO } from '../support/scene.js';
import { bakingAtHalf, count, HOUR, MINUTE, posts, readSlot, SECOND, stage, told } from './on-stage.js';

const AWAY = new TargetError('unreachable', 'flag table: connection refused', { retryable: true });

test('it says so, with the tries and what to do by hand, goes on trying, and tells the truth when it works', async () => {
  const scene = await stage();
  await bakingAtHalf(scene);
  for (let times = 0; times < 14; times += 1) scene.target.failNext(AWAY, 'set');
  await scene.command(WHO.opal, 'rollback off');
  expect(await scene.phase()).toBe('rolling_back');
  await scene.pass(3 * SECOND);
  const early = readSlot(scene, 'incident:');
  expect(early).toContain('ROLLBACK NOT YET APPLIED');
  expect(early).toContain('connection refused');
  expect(early).toMatch(/\d tries/);
  expect(early).toMatch(/Do this by hand .*\n.*set target-\w+ to 0 %/s);
  await scene.pass(30 * SECOND, 5 * SECOND);
  expect(readSlot(scene, 'incident:')).toContain('The promised time is over');
  expect(await count(scene, 'rollback_overdue')).toBe(1);
  await scene.passUntil('rolled back', async () => (await scene.phase()) === 'rolled_back', {
    stepMs: 5 * SECOND,
    maxMs: HOUR,
  });
  expect(scene.target.exposure).toBe(0);
  const late = readSlot(scene, 'incident:');
  expect(late).toContain('ROLLED BACK');
  expect(late).toMatch(/promise 30 s: missed/);
  expect(late).not.toContain('by hand');
});

test('it never gives up: the target is told at least every five seconds for as long as it takes', async () => {
  const scene = await stage();
  await bakingAtHalf(scene);
  for (let times = 0; times < 10_000; times += 1) scene.target.failNext(AWAY, 'set');
  await scene.command(WHO.opal, 'rollback off');
  await scene.pass(MINUTE, 5 * SECOND);
  const before = told(scene).length;
  await scene.pass(MINUTE, 5 * SECOND);
  expect(told(scene).length - before).toBeGreaterThanOrEqual(11);
  expect(await scene.phase()).toBe('rolling_back');
  expect(posts(scene, 'incident:')).toHaveLength(1);
});

test('a target that answers and does nothing is not believed', async () => {
  const scene = await stage();
  await bakingAtHalf(scene);
  scene.target.delayNext(() => undefined);
  await scene.command(WHO.opal, 'rollback off');
  expect(scene.target.exposure).toBe(50);
  expect(await scene.phase()).toBe('rolling_back');
  await scene.pass(5 * SECOND);
  expect(await scene.phase()).toBe('rolled_back');
  expect(scene.target.exposure).toBe(0);
});
