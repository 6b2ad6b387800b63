import { describe, expect, test } from 'vitest';
import { TargetError } from '../../src/targets/target.js';
import { WHO } from '../support/scene.js';
import { baked, bakingAtHalf, breach, count, posts, readSlot, SECOND, slotOf, stage, told, words } from './on-stage.js';

describe('act two: errors rise while half of the users have it', () => {
  const transport = 'socket';
  test('two bad readings in a row take everybody back, and one message tells the truth', async () => {
    const scene = await stage({ transport });
    await bakingAtHalf(scene);
    await scene.pass(20 * SECOND, 10 * SECOND);
    await breach(scene);
    expect(scene.target.exposure).toBe(0);
    expect(told(scene)).toEqual([10, 50, 0]);
    await scene.pass(40 * SECOND);
    const incident = readSlot(scene, 'incident:');
    expect(incident).toContain('*ROLLED BACK New checkout* from 50 % to 0 %');
    expect(incident).not.toContain('reading again');
    expect(incident).toContain('Error rate 12 % is over its limit 5 %');
    expect(incident).toMatch(/read back .* after the order \(promise 30 s: kept\)/);
    expect(incident).toContain('50 % of users for about 10 s');
    expect(posts(scene, 'incident:')[0]?.broadcast).toBe(true);
    expect(words(scene, scene.live())).toContain('*Rolled back*');
    expect((await scene.rollout()).exposure.settled).toBe(true);
    expect(await count(scene, 'rollback_ordered')).toBe(1);
  });

  test('when it is slow the message first says not yet, and the same message then says done', async () => {
    const scene = await stage({ transport });
    await bakingAtHalf(scene);
    for (let times = 0; times < 5; times += 1)
      scene.target.failNext(new TargetError('unreachable', 'no route', { retryable: true }), 'set');
    scene.errors.set(12);
    await scene.passUntil('rolling back', async () => (await scene.phase()) === 'rolling_back');
    await scene.pass(2 * SECOND);
    const before = posts(scene, 'incident:')[0];
    expect(words(scene, before)).toContain('ROLLBACK NOT YET APPLIED');
    expect(words(scene, before)).toContain('no route');
    expect(scene.target.exposure).toBe(50);
    await scene.passUntil('rolled back', async () => (await scene.phase()) === 'rolled_back', { stepMs: 1_000 });
    expect(readSlot(scene, 'incident:')).toContain('ROLLED BACK');
    expect(posts(scene, 'incident:')[0]?.ts).toBe(before?.ts);
    expect(scene.target.exposure).toBe(0);
  });
});

test('a whole bad rollout takes at most 18 posts, a healthy one at most 12', async () => {
  const bad = await stage();
  await bakingAtHalf(bad);
  bad.errors.set(3);
  await bad.pass(30 * SECOND, 10 * SECOND);
  await breach(bad);
  await bad.pass(60 * SECOND, 5 * SECOND);
  expect(bad.posts().length, bad.posts().map(slotOf).join(' ')).toBeLessThanOrEqual(18);

  const good = await stage();
  await bakingAtHalf(good);
  await baked(good);
  await good.command(WHO.opal, 'advance');
  await good.click(WHO.lou, 'rollout_approve');
  await good.passUntil('completed', async () => (await good.phase()) === 'completed', { stepMs: 10_000 });
  expect(good.posts().length, good.posts().map(slotOf).join(' ')).toBeLessThanOrEqual(12);
});
