import { describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import {
  bakingAtHalf,
  bakingAtTen,
  breach,
  MINUTE,
  posts,
  readSlot,
  SECOND,
  slotOf,
  stage,
  words,
} from './on-stage.js';

describe('Slack is down while the check breaches', () => {
  const transport = 'socket';
  test('the flag goes off all the same, and afterwards there is exactly one incident message, in its place', async () => {
    const scene = await stage({ transport });
    await bakingAtHalf(scene);
    await scene.pass(20 * SECOND, 10 * SECOND);
    const before = scene.posts().length;
    scene.slack.setDown(true);
    scene.errors.set(12);
    await scene.pass(30 * SECOND, 10 * SECOND);
    expect(scene.target.exposure).toBe(0);
    expect(await scene.phase()).toBe('rolled_back');
    await scene.pass(10 * MINUTE, MINUTE);
    expect(scene.posts()).toHaveLength(before);

    scene.slack.setDown(false);
    await scene.pass(MINUTE, 5 * SECOND);
    expect(readSlot(scene, 'incident:')).toContain('read back less than 0.1 s after the order (promise 30 s: kept)');
    expect(words(scene, scene.live())).toContain('*Rolled back*');
    expect(slotOf(scene.posts().at(-1) ?? fail())).toBe('incident:1');
    await scene.slack.connected(1);
    const { answer } = await scene.command(WHO.opal, 'status');
    expect(answer).toContain('*Rolled back*');
  });
});

function fail(): never {
  throw new Error('there is no message');
}

test.each(TARGETS)(
  'a bot that starts while Slack is down rolls back on its own, and talks once Slack is there; on %s',
  async (target) => {
    const scene = await stage({ target });
    await bakingAtTen(scene);
    await scene.stop();
    scene.slack.setDown(true);
    await scene.restart();
    await breach(scene);
    expect(scene.target.exposure).toBe(0);
    expect(posts(scene, 'incident:')).toHaveLength(0);
    scene.slack.setDown(false);
    await scene.pass(MINUTE, 5 * SECOND);
    expect(posts(scene, 'incident:')).toHaveLength(1);
  },
);
