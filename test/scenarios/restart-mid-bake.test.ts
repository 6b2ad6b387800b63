import { describe, expect, test } from 'vitest';
import { type Scene, WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { PLAN } from '../support/scene-words.js';
import {
  baked,
  bakingAtTen,
  HOUR,
  MINUTE,
  moveClock,
  posts,
  SECOND,
  slotOf,
  stage,
  waitingForHalf,
} from './on-stage.js';

async function observedMs(scene: Scene): Promise<number> {
  const { rows } = await scene.db.query<{ observed_ms: number }>('select observed_ms from watches');
  return rows[0]?.observed_ms ?? Number.NaN;
}

describe('the bot is away for six hours', () => {
  const transport = 'http';
  test('what it had observed is kept, what it did not see does not count', async () => {
    const scene = await stage({ transport, plan: PLAN });
    await bakingAtTen(scene);
    await scene.pass(2 * MINUTE, 10 * SECOND);
    expect(await observedMs(scene)).toBe(2 * MINUTE);
    await scene.stop();
    await moveClock(scene, 6 * HOUR);
    await scene.restart();
    await scene.settle();
    expect(await scene.phase()).toBe('baking');
    expect(await observedMs(scene)).toBeLessThanOrEqual(2 * MINUTE + 90 * SECOND);
    await baked(scene);
    expect(scene.posts().map(slotOf)).toEqual(['live', 'start:1:1', 'complete:1:1']);
  });
});

test.each(TARGETS)(
  'nothing is caught up over downtime: an approval waits as it did, and no stage is raised; on %s',
  async (target) => {
    const scene = await stage({ plan: PLAN, target });
    await waitingForHalf(scene);
    await scene.stop();
    await moveClock(scene, 3 * HOUR);
    await scene.restart();
    await scene.settle();
    expect(await scene.phase()).toBe('awaiting_approval');
    expect(scene.target.exposure).toBe(10);
    await scene.click(WHO.lea, 'rollout_approve');
    expect(scene.target.exposure).toBe(50);
  },
);

test('a rollback that was under way when the bot went down is finished when it comes back', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  scene.target.hangNext('set');
  const click = scene.command(WHO.opal, 'rollback');
  await click;
  expect(await scene.phase()).toBe('rolling_back');
  await scene.stop();
  await scene.restart();
  await scene.settle();
  expect(await scene.phase()).toBe('rolled_back');
  expect(scene.target.exposure).toBe(0);
  await scene.pass(5 * SECOND);
  expect(posts(scene, 'incident:')).toHaveLength(1);
});
