import { describe, expect, test } from 'vitest';
import { type Scene, SHOP, WHO } from '../support/scene.js';
import { bakingAtTen, breach, posts, SECOND, slotOf, stage } from './on-stage.js';

/** The slots of what the bot wrote to this person directly. */
function direct(scene: Scene, user: string): string[] {
  return scene.slack.messages(scene.slack.directMessage(user).id).map(slotOf);
}

describe('over HTTP', () => {
  const transport = 'http';
  test('archived: people hear directly without a post being tried; unarchived: the thread catches up at once', async () => {
    const scene = await stage({ transport });
    await bakingAtTen(scene);
    scene.slack.setChannel(SHOP, { isArchived: true });
    await scene.slack.tell({ type: 'channel_archive', channel: SHOP, user: WHO.lea });
    const before = scene.slack.calls.length;
    await breach(scene);
    await scene.pass(3 * SECOND, SECOND);
    expect(direct(scene, WHO.opal)).toContain('incident:1');
    const tried = scene.slack.calls
      .slice(before)
      .filter(({ error }) => error === 'is_archived' || error === 'is_inactive');
    expect(tried.length).toBeLessThanOrEqual(2);

    scene.slack.setChannel(SHOP, { isArchived: false });
    await scene.slack.tell({ type: 'channel_unarchive', channel: SHOP, user: WHO.lea });
    await scene.settle();
    expect(posts(scene, 'incident:')).toHaveLength(1);
  });

  test('another id: the rollout, its thread and its buttons go on there', async () => {
    const scene = await stage({ transport });
    await bakingAtTen(scene);
    const root = scene.live();
    await scene.slack.renumberChannel(SHOP, 'C0MOVED');
    await scene.settle();
    expect((await scene.rollout()).channelId).toBe('C0MOVED');
    await breach(scene);
    await scene.pass(3 * SECOND, SECOND);
    const incidents = scene.posts('C0MOVED').filter((message) => slotOf(message) === 'incident:1');
    expect(incidents).toHaveLength(1);
    expect(incidents[0]?.threadTs).toBe(root?.ts);
    expect(scene.posts('C0MOVED').filter((message) => slotOf(message) === 'live')).toHaveLength(1);
    // Who started hears about the rollback; nothing else goes past the channel.
    expect(direct(scene, WHO.opal)).toEqual(['rolled_back:1']);
  });
});

test.each([{ type: 'app_uninstalled' }, { type: 'tokens_revoked', tokens: { bot: ['U0ROLLOUT'] } }])(
  '$type: the bot goes on keeping users safe',
  async (event) => {
    const scene = await stage();
    await bakingAtTen(scene);
    await scene.slack.tell(event);
    scene.slack.fail({ method: '*', error: 'invalid_auth', times: Number.POSITIVE_INFINITY });
    await breach(scene);
    expect(scene.target.exposure).toBe(0);
    expect(await scene.phase()).toBe('rolled_back');
  },
);

test('renamed: the name of a plan is looked up again', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  await scene.slack.tell({ type: 'channel_rename', channel: { id: SHOP, name: 'store', created: 1 } });
  const { rows } = await scene.db.query(`select 1 from people where kind in ('channel', 'members')`);
  expect(rows).toEqual([]);
});
