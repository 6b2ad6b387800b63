import { expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import {
  baked,
  bakingAtHalf,
  bakingAtTen,
  count,
  MINUTE,
  posts,
  readSlot,
  SECOND,
  stage,
  told,
  waitingForHalf,
} from './on-stage.js';

test('moved up: it is lowered again to what was approved, and people are told once', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  await scene.pass(20 * SECOND, 10 * SECOND);
  scene.target.exposure = 80;
  await scene.pass(20 * SECOND, 10 * SECOND);
  expect(scene.target.exposure).toBe(10);
  expect(told(scene)).toEqual([10, 10]);
  expect(await scene.phase()).toBe('baking');
  expect(posts(scene, 'alerts:')).toHaveLength(1);
  expect(await count(scene, 'drift_found')).toBe(1);
  await scene.pass(10 * SECOND, 10 * SECOND);
  expect(readSlot(scene, 'alerts:')).toContain('The targets read as expected again');
});

test.each(TARGETS)(
  'moved down: it is left there and held, the next stage is not a leap from there; on %s',
  async (target) => {
    const scene = await stage({ target });
    await bakingAtHalf(scene);
    scene.target.exposure = 5;
    await scene.pass(20 * SECOND, 10 * SECOND);
    expect(scene.target.exposure).toBe(5);
    expect(told(scene)).toEqual([10, 50]);
    const rollout = await scene.rollout();
    expect(rollout).toMatchObject({ phase: 'held', exposure: { confirmed: 5, wanted: 5 }, stage: { no: 0 } });
    expect(rollout.held?.cause).toBe('drift_down');
    expect(readSlot(scene, 'alerts:')).toContain('It is left where it was found; the rollout is paused.');
    const { answer } = await scene.command(WHO.opal, 'advance 100');
    expect(answer).toMatch(/not_next_stage|wrong_phase/);
    expect(scene.target.exposure).toBe(5);
    await scene.command(WHO.opal, 'resume');
    await scene.pass(20 * SECOND, 10 * SECOND);
    expect(readSlot(scene, 'alerts:')).toContain('as expected again');
  },
);

test.each(TARGETS)(
  'rows that do not agree, none above what was approved, are held for a person and reported once; on %s',
  async (target) => {
    const scene = await stage({ target });
    await bakingAtTen(scene);
    await scene.pass(20 * SECOND, 10 * SECOND);
    scene.target.partial = true;
    await scene.pass(20 * SECOND, 10 * SECOND);
    expect(posts(scene, 'alerts:')).toHaveLength(1);
    expect(scene.target.exposure).toBe(10);
    await scene.pass(20 * SECOND, 10 * SECOND);
    expect(scene.target.partial).toBe(true);
    expect(await count(scene, 'held')).toBe(1);
    expect(await count(scene, 'drift_found')).toBe(1);
    expect(scene.target.calls.filter((call) => call.operation === 'set')).toHaveLength(1);
  },
);

test('an approval that waits is void once the flag was moved, up or down', async () => {
  for (const moved of [90, 3]) {
    const scene = await stage();
    await waitingForHalf(scene);
    scene.target.exposure = moved;
    await scene.pass(MINUTE, 10 * SECOND);
    expect(await scene.phase()).toBe(moved === 90 ? 'ready' : 'held');
    expect(readSlot(scene, 'request:')).toContain('No longer valid');
    expect(scene.target.exposure).toBe(Math.min(10, moved));
    expect(await count(scene, 'raise_ordered')).toBe(1);
  }
});

test('a flag that is moved up after the bake is lowered too: every phase that waits is watched', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  await baked(scene);
  scene.target.exposure = 100;
  await scene.pass(MINUTE, 10 * SECOND);
  expect(scene.target.exposure).toBe(10);
  expect(await scene.phase()).toBe('ready');
});
