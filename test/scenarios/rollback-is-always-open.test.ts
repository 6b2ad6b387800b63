import { expect, test } from 'vitest';
import { TargetError } from '../../src/targets/target.js';
import { type Scene, WHO } from '../support/scene.js';
import {
  baked,
  bakingAtHalf,
  bakingAtTen,
  count,
  posts,
  raiseHangs,
  readSlot,
  SECOND,
  stage,
  told,
  waitingForHalf,
} from './on-stage.js';

const AWAY = new TargetError('unreachable', 'flag table: connection refused', { retryable: true });

async function completed(scene: Scene): Promise<void> {
  await bakingAtHalf(scene);
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  await scene.click(WHO.lou, 'rollout_approve');
  await scene.passUntil('completed', async () => (await scene.phase()) === 'completed', { stepMs: 10 * SECOND });
}

const PHASES: Record<string, (scene: Scene) => Promise<void>> = {
  async starting(scene) {
    scene.target.hangNext('rehearse');
    await scene.command(WHO.opal, 'start new-checkout');
  },
  baking: bakingAtTen,
  async ready(scene) {
    await bakingAtTen(scene);
    await baked(scene);
  },
  awaiting_approval: waitingForHalf,
  applying: raiseHangs,
  async held(scene) {
    await bakingAtTen(scene);
    await scene.command(WHO.opal, 'pause look');
  },
  async rolling_back(scene) {
    await bakingAtHalf(scene);
    scene.target.failNext(AWAY, 'set');
    await scene.command(WHO.opal, 'rollback to 10');
  },
  completed,
};

test.each(Object.entries(PHASES))('from %s, typed without a question', async (phase, arrive) => {
  const scene = await stage();
  await arrive(scene);
  expect(await scene.phase()).toBe(phase);
  await scene.command(WHO.opal, 'rollback off it looks wrong');
  expect(await scene.phase()).toBe('rolled_back');
  expect(scene.target.exposure).toBe(0);
  expect(told(scene).at(-1)).toBe(0);
  await scene.pass(40 * SECOND, 5 * SECOND);
  expect(readSlot(scene, phase === 'rolling_back' ? 'incident:2' : 'incident:1')).toContain('*Rolled back ');
});

test('once it is rolled back, another rollback says it again to the target', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  await scene.command(WHO.opal, 'rollback');
  await scene.pass(40 * SECOND, 5 * SECOND);
  await scene.command(WHO.oscar, 'rollback new-checkout#1');
  expect(told(scene)).toEqual([10, 0, 0]);
  expect(await scene.phase()).toBe('rolled_back');
});

test.each([
  ['to 25', { exposure: { confirmed: 25 }, stage: { no: 1, attempt: 2 }, phase: 'held' }],
  ['previous', { exposure: { confirmed: 10 }, stage: { no: 1, attempt: 2 }, phase: 'held' }],
  ['to early', { exposure: { confirmed: 10 }, stage: { no: 1, attempt: 2 }, phase: 'held' }],
  ['off', { exposure: { confirmed: 0 }, phase: 'rolled_back' }],
  ['', { exposure: { confirmed: 0 }, phase: 'rolled_back' }],
])('back from half of the users with "rollback %s"', async (words, place) => {
  const scene = await stage();
  await bakingAtHalf(scene);
  await scene.command(WHO.opal, `rollback ${words}`.trim());
  expect(await scene.rollout()).toMatchObject(place);
  expect(scene.target.exposure).toBe(place.exposure.confirmed);
});

test('held at a lower stage it is still watched, bakes again after resume, and a breach takes it to off', async () => {
  const scene = await stage();
  await bakingAtHalf(scene);
  await scene.command(WHO.opal, 'rollback previous');
  await scene.command(WHO.opal, 'resume');
  expect(await scene.rollout()).toMatchObject({
    phase: 'baking',
    stage: { no: 1, attempt: 2 },
    bake: { observedMs: 0 },
  });
  scene.errors.set(12);
  await scene.pass(30 * SECOND, 10 * SECOND);
  expect(await scene.phase()).toBe('rolled_back');
  expect(scene.target.exposure).toBe(0);
  expect(posts(scene, 'incident:')).toHaveLength(2);
});

test('lower still, while the first way down does not get through, replaces it', async () => {
  const scene = await stage();
  await bakingAtHalf(scene);
  scene.target.failNext(AWAY, 'set');
  await scene.command(WHO.opal, 'rollback to 10');
  expect(await scene.phase()).toBe('rolling_back');
  const { answer } = await scene.command(WHO.opal, 'rollback to 25');
  expect(answer).not.toBe('');
  expect(await scene.rollout()).toMatchObject({ exposure: { wanted: 10 } });
  await scene.command(WHO.opal, 'rollback off');
  expect(await scene.phase()).toBe('rolled_back');
  await scene.pass(40 * SECOND, 5 * SECOND);
  expect(scene.target.exposure).toBe(0);
});

test.each(['to 50', 'to half', 'to 10', 'to 99'])(
  'a rollback to a place that is not lower (%s) goes where the plan says, and says so',
  async (place) => {
    const scene = await stage();
    await bakingAtTen(scene);
    const { answer } = await scene.command(WHO.opal, `rollback ${place}`);
    expect(answer).toMatch(/is not lower than what users had, so it goes to 0\s%/);
    expect(told(scene)).toEqual([10, 0]);
    expect(await count(scene, 'rollback_ordered')).toBe(1);
  },
);
