import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { type RunningApp, startApp } from '../../src/app.js';
import { type Scene, WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { baked, bakingAtTen, count, moveClock, posts, SECOND, slotOf, stage, told } from './on-stage.js';

async function another(scene: Scene): Promise<RunningApp> {
  const app = await startApp(scene.config, { log: pino({ level: 'silent' }) });
  onTestFinished(() => app.close());
  return app;
}

/** Both see the same moment at the same time, again and again. */
async function together(scene: Scene, other: RunningApp, ms: number, stepMs: number): Promise<void> {
  for (let left = ms; left > 0; left -= stepMs) {
    await moveClock(scene, stepMs);
    await Promise.all([scene.app.tick(), other.tick(), scene.app.tick(), other.tick()]);
    await scene.settle();
  }
}

test('each due time is checked by one of them, and each message is posted once', async () => {
  const scene = await stage();
  const other = await another(scene);
  await bakingAtTen(scene);
  await together(scene, other, 10 * SECOND, 10 * SECOND);
  const reads = () => scene.target.calls.filter((call) => call.operation === 'read').length;
  const before = reads();
  await together(scene, other, 40 * SECOND, 10 * SECOND);
  expect(reads() - before).toBe(4);
  await together(scene, other, 10 * SECOND, 10 * SECOND);
  expect(await scene.phase()).toBe('ready');
  expect((await scene.rollout()).bake.observedMs).toBe(60 * SECOND);
  expect(scene.posts().map(slotOf)).toEqual(['live', 'start:1:1', 'complete:1:1']);
});

test.each(TARGETS)('a raise goes out once, and so does a rollback; on %s', async (target) => {
  const scene = await stage({ target });
  const other = await another(scene);
  await bakingAtTen(scene);
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  const card = posts(scene, 'request:')[0];
  if (!card) throw new Error('there is no card');
  const click = scene.slack.click({ user: WHO.lea, channel: card.channel, ts: card.ts, actionId: 'rollout_approve' });
  await Promise.all([click, other.tick(), scene.app.tick(), other.tick()]);
  await together(scene, other, 5 * SECOND, SECOND);
  expect(told(scene)).toEqual([10, 50]);
  scene.errors.set(12);
  await together(scene, other, 30 * SECOND, 10 * SECOND);
  expect(told(scene)).toEqual([10, 50, 0]);
  await together(scene, other, 40 * SECOND, 5 * SECOND);
  expect(posts(scene, 'incident:')).toHaveLength(1);
  expect(await count(scene, 'rollback_ordered')).toBe(1);
});

test('when one dies, the other goes on with what it left', async () => {
  const scene = await stage();
  const other = await another(scene);
  await bakingAtTen(scene);
  await scene.stop();
  scene.app = other;
  scene.errors.set(12);
  await scene.pass(30 * SECOND, 10 * SECOND);
  expect(scene.target.exposure).toBe(0);
  await scene.pass(5 * SECOND);
  expect(posts(scene, 'incident:')).toHaveLength(1);
});
