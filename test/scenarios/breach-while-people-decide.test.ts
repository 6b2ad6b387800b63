import { expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { baked, bakingAtTen, breach, count, posts, readSlot, stage, told, waitingForHalf, words } from './on-stage.js';

test.each(TARGETS)(
  'a breach while an approval waits rolls back, voids the card, and a late click on Approve is refused; on %s',
  async (target) => {
    const scene = await stage({ target });
    await waitingForHalf(scene);
    const card = posts(scene, 'request:')[0];
    if (!card) throw new Error('no card');
    const value = JSON.stringify({ request: (await scene.rollout()).request?.id });
    await breach(scene);
    expect(scene.target.exposure).toBe(0);
    expect(readSlot(scene, 'request:')).toContain('No longer valid');
    expect(JSON.stringify(posts(scene, 'request:')[0]?.blocks)).not.toContain('rollout_approve');

    const before = scene.slack.ephemerals(card.channel, WHO.lea).length;
    await scene.slack.clickRaw({
      user: WHO.lea,
      channel: card.channel,
      ts: card.ts,
      actionId: 'rollout_approve',
      value,
    });
    await scene.settle();
    expect(await scene.phase()).toBe('rolled_back');
    expect(await count(scene, 'approval_recorded')).toBe(0);
    expect(told(scene)).toEqual([10, 0]);
    const said = scene.slack.ephemerals(card.channel, WHO.lea).slice(before);
    expect(said.map((message) => words(scene, message)).join()).toContain('request_closed');
  },
);

test('a breach after the bake, while nobody has advanced yet, rolls back', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  await baked(scene);
  await breach(scene);
  expect(scene.target.exposure).toBe(0);
  expect(posts(scene, 'incident:')).toHaveLength(1);
});

test('a breach while a person has paused it rolls back', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  await scene.command(WHO.opal, 'pause looking into it');
  expect(await scene.phase()).toBe('held');
  await breach(scene);
  expect(scene.target.exposure).toBe(0);
  expect(posts(scene, 'incident:')).toHaveLength(1);
});

test('a bad reading just before the raise goes out stops the raise, approved or not', async () => {
  const scene = await stage();
  await waitingForHalf(scene);
  scene.errors.enqueue(50);
  await scene.click(WHO.lea, 'rollout_approve');
  // Taken back by a lowering to where it is, which fences the raise off.
  expect(told(scene)).toEqual([10, 10]);
  expect(scene.target.exposure).toBe(10);
  expect(await scene.phase()).toBe('held');
  expect(readSlot(scene, 'alerts:')).toContain('Error rate');
});
