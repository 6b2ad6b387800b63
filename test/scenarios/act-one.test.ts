import { afterEach, describe, expect, test } from 'vitest';
import { openScene, type Scene, WHO } from '../support/scene.js';

describe('a healthy rollout', () => {
  const transport = 'http';
  let scene: Scene;
  afterEach(() => scene.close());

  test('goes from start to 100 %, approved on record, and says so', async () => {
    scene = await openScene({ transport });
    await scene.command(WHO.opal, 'start new-checkout numbers look good');
    expect(await scene.phase()).toBe('baking');
    expect(scene.target.exposure).toBe(10);
    await scene.passUntil('first bake is done', async () => (await scene.phase()) === 'ready');
    await scene.command(WHO.opal, 'advance 50 good');
    expect(await scene.phase()).toBe('awaiting_approval');
    expect(scene.target.exposure).toBe(10);
    await scene.click(WHO.lea, 'rollout_approve');
    expect(scene.target.exposure).toBe(50);
    await scene.passUntil('second bake is done', async () => (await scene.phase()) === 'ready');
    await scene.click(WHO.opal, 'rollout_advance');
    await scene.click(WHO.lou, 'rollout_approve');
    expect(scene.target.exposure).toBe(100);
    await scene.passUntil('last bake is done', async () => (await scene.phase()) === 'completed');
    expect(await scene.events()).toEqual([
      'started',
      'rehearsed',
      'raise_ordered',
      'exposure_confirmed',
      'bake_passed',
      'approval_requested',
      'approval_recorded',
      'raise_ordered',
      'exposure_confirmed',
      'bake_passed',
      'approval_requested',
      'approval_recorded',
      'raise_ordered',
      'exposure_confirmed',
      'bake_passed',
      'completed',
    ]);
    const posts = scene.posts();
    expect(posts.map((post) => String(post.metadata?.event_payload.slot).replace(/\d+\.\d+$/, 'n'))).toEqual([
      'live',
      'start:1:1',
      'complete:1:1',
      'request:n',
      'start:2:1',
      'complete:2:1',
      'request:n',
      'start:3:1',
      'completed',
    ]);
    expect(posts.filter((post) => post.threadTs === undefined)).toHaveLength(1);
  });
});
