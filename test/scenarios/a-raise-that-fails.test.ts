import { expect, test } from 'vitest';
import { TargetError } from '../../src/targets/target.js';
import { WHO } from '../support/scene.js';
import {
  baked,
  bakingAtTen,
  count,
  MINUTE,
  posts,
  raiseHangs,
  readSlot,
  SECOND,
  stage,
  told,
  waitingForHalf,
} from './on-stage.js';

const DENIED = new TargetError('denied', 'flag table: permission denied', { retryable: false });
const AWAY = new TargetError('unreachable', 'flag table: connection refused', { retryable: true });

test('a raise the target refuses is held, reported, and whatever it did is taken back', async () => {
  const scene = await stage();
  await waitingForHalf(scene);
  scene.target.failNext(DENIED, 'set');
  await scene.click(WHO.lea, 'rollout_approve');
  expect(await scene.rollout()).toMatchObject({ phase: 'held', exposure: { confirmed: 10, wanted: 10 } });
  expect(readSlot(scene, 'alerts:')).toContain('*Not raised to 50 %*');
  expect(readSlot(scene, 'alerts:')).toContain('permission denied');
  expect(scene.target.exposure).toBe(10);
  await scene.command(WHO.opal, 'resume');
  expect(await scene.phase()).toBe('ready');
  await scene.command(WHO.opal, 'advance');
  expect((await scene.rollout()).request).toMatchObject({ stageNo: 2, attempt: 2 });
  await scene.click(WHO.lea, 'rollout_approve');
  expect(scene.target.exposure).toBe(50);
});

test('a raise that a table refuses is held, reported, and the row stands where it was; allowed again, it goes out', async () => {
  const scene = await stage({ target: 'postgres' });
  await waitingForHalf(scene);
  await scene.restart();
  await scene.table?.sql('alter table feature_flags add constraint not_in_december check (rollout_percentage <= 20)');
  await scene.click(WHO.lea, 'rollout_approve');
  expect(await scene.rollout()).toMatchObject({ phase: 'held', exposure: { confirmed: 10, wanted: 10 } });
  expect(readSlot(scene, 'alerts:')).toContain('*Not raised to 50 %*');
  expect(readSlot(scene, 'alerts:')).toContain('not_in_december');
  expect(scene.target.exposure).toBe(10);
  await scene.table?.sql('alter table feature_flags drop constraint not_in_december');
  await scene.command(WHO.opal, 'resume');
  await scene.command(WHO.opal, 'advance');
  expect((await scene.rollout()).request).toMatchObject({ stageNo: 2, attempt: 2 });
  await scene.click(WHO.lea, 'rollout_approve');
  expect(scene.target.exposure).toBe(50);
  expect(told(scene)).toEqual([10, 10, 50]);
});

test('a raise that fails for a moment is tried again and happens once', async () => {
  const scene = await stage();
  await waitingForHalf(scene);
  scene.target.failNext(AWAY, 'set');
  scene.target.failNext(AWAY, 'set');
  await scene.click(WHO.lea, 'rollout_approve');
  expect(await scene.phase()).toBe('applying');
  await scene.pass(10 * SECOND);
  expect(await scene.phase()).toBe('baking');
  expect(scene.target.exposure).toBe(50);
  expect(posts(scene, 'start:2')).toHaveLength(1);
  expect(posts(scene, 'alerts:')).toHaveLength(0);
});

test('a raise that is not read back within ten minutes expires: held, reported, taken back', async () => {
  const scene = await stage();
  await waitingForHalf(scene);
  for (let times = 0; times < 400; times += 1) scene.target.failNext(AWAY, 'set');
  await scene.click(WHO.lea, 'rollout_approve');
  await scene.pass(9 * MINUTE, 15 * SECOND);
  expect(await scene.phase()).toBe('applying');
  await scene.pass(90 * SECOND, 15 * SECOND);
  expect((await scene.rollout()).held?.cause).toBe('raise_expired');
  expect(readSlot(scene, 'alerts:')).toContain('*Not raised to 50 %*');
  scene.target.exposure = 50;
  await scene.pass(MINUTE, 10 * SECOND);
  expect(Math.max(...told(scene).slice(-1).map(Number))).toBe(10);
});

test('a raise that hangs past its expiry and then lands is taken back', async () => {
  const scene = await stage();
  await raiseHangs(scene);
  await scene.pass(11 * MINUTE, 30 * SECOND);
  expect(await scene.phase()).toBe('held');
  scene.target.applyLate();
  expect(scene.target.exposure).toBe(50);
  await scene.pass(MINUTE, 10 * SECOND);
  expect(scene.target.exposure).toBe(10);
  expect(await count(scene, 'exposure_confirmed')).toBe(1);
});

test('a flag that cannot be written at the rehearsal is not begun, and the thread says why', async () => {
  const scene = await stage();
  scene.target.failNext(DENIED, 'rehearse');
  await scene.command(WHO.opal, 'start new-checkout');
  expect(await scene.phase()).toBe('not_started');
  expect(told(scene)).toEqual([]);
  expect(readSlot(scene, 'not_started')).toContain('permission denied');
  expect(posts(scene, 'live')).toHaveLength(1);
  await bakingAtTen(scene);
  await baked(scene);
});
