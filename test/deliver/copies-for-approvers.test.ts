import { describe, expect, test } from 'vitest';
import { alert, all, buttonsOf, card, killedAfterPosts, LIVE, openWorld, PLACE, type World } from './world.js';

const SLOT = 'request:12.118';
const LEADS = ['U0LEA', 'U0LOU', 'U0OTTO'];

/** #releases without these people; they are the leads. */
async function withOutsiders(...outside: string[]): Promise<World> {
  const world = await openWorld();
  world.slack.setGroupUsers('S0LEADS', [...LEADS, 'U0OPAL']);
  const inside = ['U0OPAL', 'U0OSCAR', ...LEADS, 'U0ROLLOUT'].filter((id) => !outside.includes(id));
  world.slack.setChannel(PLACE, { members: inside });
  await world.order('live', LIVE);
  return world;
}

describe('a card that asks for approval', () => {
  test('is shown in a direct message to each approver who is not in the channel, with its place and buttons', async () => {
    const world = await withOutsiders('U0LEA', 'U0OTTO');
    await world.order(SLOT, card());
    await (await world.bot()).pump();
    const [inChannel] = world.shown(PLACE, SLOT);
    for (const lead of ['U0LEA', 'U0OTTO']) {
      expect(world.shown(lead)).toHaveLength(1);
      const [copy] = world.shown(lead, SLOT);
      expect(copy?.threadTs).toBeUndefined();
      expect(buttonsOf(copy)).toEqual(buttonsOf(inChannel));
      expect(buttonsOf(copy)).toContain('rollout_approve');
      const address = world.slack.permalink(PLACE, inChannel?.ts ?? '').replaceAll('&', '&amp;');
      expect(copy?.blocks?.[1]).toMatchObject({
        elements: [{ text: `In <#${PLACE}> · <${address}|open its thread>` }],
      });
      expect(copy?.text.split('\n')[0]).toBe(inChannel?.text.split('\n')[0]);
      expect(copy?.text.split('\n').slice(2)).toEqual(inChannel?.text.split('\n').slice(1));
    }
    expect(world.shown('U0LOU')).toEqual([]);
  });

  test('is not shown to who asked, though they hold the role and left the channel', async () => {
    const world = await withOutsiders('U0OPAL', 'U0LEA');
    await world.order(SLOT, card());
    await (await world.bot()).pump();
    expect(world.shown('U0OPAL')).toEqual([]);
    expect(world.shown('U0LEA')).toHaveLength(1);
  });

  test('loses its buttons there too once it is decided', async () => {
    const world = await withOutsiders('U0LEA');
    const bot = await world.bot();
    await world.order(SLOT, card());
    await bot.pump();
    const at = new Date();
    const by = { kind: 'slack', teamId: 'T0SANDBOX', userId: 'U0LOU' } as const;
    await world.order(SLOT, card({ kind: 'denied', by, reason: 'not today', at }));
    await bot.pump();
    const [copy] = world.shown('U0LEA');
    expect(world.shown('U0LEA')).toHaveLength(1);
    expect(buttonsOf(copy)).not.toContain('rollout_approve');
    expect(all(copy)).toContain('not today');
  });

  test('that was decided before somebody could be written to is not shown to them at all', async () => {
    const world = await withOutsiders('U0LEA');
    const bot = await world.bot();
    await world.order(SLOT, card());
    world.slack.fail({ method: 'conversations.open', error: 'internal_error', times: Number.POSITIVE_INFINITY });
    await bot.pump();
    await world.order(SLOT, card({ kind: 'expired', at: new Date() }));
    await bot.pump();
    world.slack.clearFaults();
    await world.store.pass(120_000);
    await bot.pump();
    expect(world.shown('U0LEA')).toEqual([]);
    expect(world.shown(PLACE, SLOT)).toHaveLength(1);
  });

  test('is shown to twenty people at most, and the log says to how many not', async () => {
    const world = await openWorld();
    const many = Array.from({ length: 25 }, (_, i) => `U0MANY${String(i).padStart(2, '0')}`);
    const [model] = world.slack.workspace.users;
    if (!model) throw new Error('nobody is there');
    for (const id of many) world.slack.workspace.users.push({ ...model, id, name: id, email: `${id}@example.com` });
    world.slack.setGroupUsers('S0LEADS', many);
    await world.order('live', LIVE);
    await world.order(SLOT, card());
    await (await world.bot()).pump();
    expect(many.filter((id) => world.shown(id).length === 1)).toHaveLength(20);
    expect(world.logged).toContainEqual(expect.objectContaining({ told: 20, untold: 5 }));
  });
});

describe('killed between any two of its posts', () => {
  test.each([1, 2, 3, 4, 5])('after %i of them: afterwards everybody has exactly one', async (n) => {
    const world = await withOutsiders(...LEADS);
    await world.order(SLOT, card());
    await killedAfterPosts(world, n);
    const next = await world.bot();
    await next.pump();
    await next.pump();
    expect(world.shown(PLACE, SLOT)).toHaveLength(1);
    for (const lead of LEADS) expect(world.shown(lead), lead).toHaveLength(1);
  });

  test('two bots at once show each person one', async () => {
    const world = await withOutsiders(...LEADS);
    await world.order(SLOT, card());
    const bots = await Promise.all([world.bot(), world.bot(), world.bot()]);
    await Promise.all(bots.map((bot) => bot.pump()));
    await Promise.all(bots.map((bot) => bot.pump()));
    for (const lead of LEADS) expect(world.shown(lead), lead).toHaveLength(1);
    expect(world.shown(PLACE)).toHaveLength(2);
  });
});

describe('what keeps one person from being shown it keeps nobody else', () => {
  test('asked to wait, the channel goes on, and the copy comes when the wait is over', async () => {
    const world = await withOutsiders('U0LEA');
    const bot = await world.bot();
    world.slack.fail({ method: 'conversations.open', rateLimit: 30, times: Number.POSITIVE_INFINITY });
    await world.order(SLOT, card());
    await world.order('alerts:1', alert(1));
    await bot.pump();
    await bot.pump();
    expect(world.shown(PLACE, SLOT)).toHaveLength(1);
    expect(world.shown(PLACE, 'alerts:1')).toHaveLength(1);
    world.slack.clearFaults();
    await world.store.pass(29_000);
    await bot.pump();
    expect(world.shown('U0LEA')).toEqual([]);
    await world.store.pass(1_000);
    await bot.pump();
    expect(world.shown('U0LEA')).toHaveLength(1);
  });

  test('somebody who left the company is given up, and the others are shown it', async () => {
    const world = await withOutsiders('U0LEA', 'U0LOU');
    const bot = await world.bot();
    world.slack.fail({ method: 'conversations.open', error: 'user_disabled' });
    await world.order(SLOT, card());
    await bot.pump();
    expect([...world.shown('U0LEA'), ...world.shown('U0LOU')]).toHaveLength(1);
    const rows = await world.store.rows(`select last_error from effects where lane = 'direct' and state = 'failed'`);
    expect(rows).toEqual([{ last_error: 'user_disabled' }]);
  });

  test.each(['usergroups.users.list', 'conversations.members', 'chat.getPermalink'])(
    'while Slack does not answer %s the card stands, and they are shown it ten seconds after it does',
    async (method) => {
      const world = await withOutsiders('U0LEA');
      const bot = await world.bot();
      world.slack.fail({ method, error: 'internal_error', times: Number.POSITIVE_INFINITY });
      await world.order(SLOT, card());
      await bot.pump();
      expect(world.shown(PLACE, SLOT)).toHaveLength(1);
      expect(world.shown('U0LEA')).toEqual([]);
      const asked = expect.stringMatching(/not known.*, asked again$/);
      expect(world.logged).toContainEqual(expect.objectContaining({ slot: SLOT, msg: asked }));
      world.slack.clearFaults();
      await world.store.pass(10_000);
      await bot.pump();
      expect(world.shown('U0LEA')).toHaveLength(1);
    },
  );
});
