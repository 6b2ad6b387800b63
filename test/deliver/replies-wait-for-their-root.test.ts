import { expect, test } from 'vitest';
import { baked, MINUTE, SECOND, slotOf, stage } from '../scenarios/on-stage.js';
import { WHO } from '../support/scene.js';

test('posts that Slack refused while the rollout went on come later, the root first, each once', async () => {
  const scene = await stage();
  scene.slack.fail({ method: 'chat.postMessage', status: 500, times: Number.POSITIVE_INFINITY });
  await scene.command(WHO.opal, 'start new-checkout');
  expect(await scene.phase()).toBe('baking');
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  expect(scene.posts()).toEqual([]);
  scene.slack.clearFaults();
  await scene.pass(MINUTE, 5 * SECOND);
  const slots = scene.posts().map(slotOf);
  expect(slots.map((slot) => slot.replace(/:\d+\.\d+$/, ''))).toEqual(['live', 'start:1:1', 'complete:1:1', 'request']);
  const root = scene.live();
  expect(
    scene
      .posts()
      .slice(1)
      .every((message) => message.threadTs === root?.ts),
  ).toBe(true);
});

test('a root that a person deleted is posted once more, and later replies hang on the new one', async () => {
  const scene = await stage();
  await scene.command(WHO.opal, 'start new-checkout');
  const first = scene.live();
  if (!first) throw new Error('there is no live message');
  scene.slack.deleteMessage(first.channel, first.ts);
  await baked(scene);
  await scene.pass(2 * MINUTE, 10 * SECOND);
  const roots = scene.posts().filter((message) => slotOf(message) === 'live');
  expect(roots).toHaveLength(1);
  expect(roots[0]?.ts).not.toBe(first.ts);
  await scene.command(WHO.opal, 'advance');
  const request = scene.posts().find((message) => slotOf(message).startsWith('request:'));
  expect(request?.threadTs).toBe(roots[0]?.ts);
});
