import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/rollout/state/effects.js';
import { closesChannel, REMEDIES, refusedWith } from '../../src/slack/connection/failures.js';
import { rollbackFrom } from '../support/rollouts.js';
import { alert, all, card, LIVE, openWorld, PLACE, type World } from './world.js';

const OPAL = 'U0OPAL';
const OSCAR = 'U0OSCAR';
const EVER = Number.POSITIVE_INFINITY;
const STAGE_START: Message = { template: 'stage_start', stageNo: 1, exposure: 10, bakeMs: 60_000, at: new Date() };

function incident(tookMs: number | null = null): Message {
  return { template: 'incident', rollback: rollbackFrom(10), tookMs, exposure: tookMs === null ? null : 0 };
}

/** The rollout has its live message. @opal started it, @oscar is on call. */
async function announced() {
  const world = await openWorld();
  const bot = await world.bot();
  await world.order('live', LIVE);
  await bot.pump();
  return { world, bot };
}

/** Three of every remedy, and one that nobody knows; what each leads to is asked of all in test/slack/send.test.ts. */
const SAMPLE = ['wait', 'again', 'post_new', 'plain_text', 'tell_people']
  .flatMap((remedy) =>
    Object.keys(REMEDIES)
      .filter((code) => REMEDIES[code] === remedy)
      .slice(-3),
  )
  .concat('no_permission', 'cannot_reply_to_message', 'planet_misaligned');
const slots = (world: World, place: string) => world.shown(place).map(({ metadata }) => metadata?.event_payload.slot);

/** Lets time pass without the budgets, which many posts in one channel would use up. */
async function passing(world: World, bot: { pump(): Promise<void> }, times: number, stepS = 5): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await world.store.db.query(`delete from slack_limits where code is null`);
    await world.store.pass(stepS * 1_000);
    await bot.pump();
  }
}

describe('a post that Slack refuses', () => {
  test('with any error but of the whole channel is heard directly within a minute, and holds no later post up', async () => {
    const { world, bot } = await announced();
    // Asked to wait, the whole channel waits.
    const errors = SAMPLE.filter((code) => !closesChannel(refusedWith(code)) && REMEDIES[code] !== 'wait');
    // As plain text it has no metadata, and so no slot: that is refused too.
    world.slack.fail({ method: 'chat.postMessage', channel: PLACE, slot: '', error: 'no_text', times: EVER });
    for (const error of errors) {
      world.slack.fail({ method: 'chat.postMessage', channel: PLACE, slot: `incident:${error}`, error, times: EVER });
      await world.order(`incident:${error}`, incident());
    }
    await world.order('start:1:1', STAGE_START);
    await bot.pump();
    await passing(world, bot, 12);
    for (const person of [OPAL, OSCAR])
      expect(slots(world, person).sort()).toEqual(errors.map((error) => `incident:${error}`).sort());
    expect(slots(world, PLACE)).toContain('start:1:1');
  });

  test.each(['not_in_channel', 'is_archived', 'restricted_action', 'ekm_access_denied'])(
    'because the channel is closed to it (%s) is heard directly at once',
    async (error) => {
      const { world, bot } = await announced();
      world.slack.fail({ method: 'chat.postMessage', channel: PLACE, error, times: EVER });
      await world.order('incident:1', incident());
      await bot.pump();
      for (const person of [OPAL, OSCAR]) expect(slots(world, person)).toEqual(['incident:1']);
    },
  );

  test.each(['invalid_auth', 'missing_scope'])(
    '(%s) is said loudly, and everything comes once the token is good again',
    async (error) => {
      const { world, bot } = await announced();
      world.slack.fail({ method: '*', error, times: EVER });
      await world.order('incident:1', incident());
      await bot.pump();
      expect(world.logged.filter(({ level }) => level === 50).map(({ msg }) => msg)).toEqual([
        expect.stringContaining('refuses the token'),
      ]);
      world.slack.clearFaults();
      await passing(world, bot, 6);
      expect(world.shown(PLACE, 'incident:1')).toHaveLength(1);
      expect(world.shown(OPAL)).toEqual([]);
    },
  );
});

test('a channel that Slack asks to leave alone again and again: people hear directly after half a minute', async () => {
  const { world, bot } = await announced();
  world.slack.fail({ method: 'chat.postMessage', channel: PLACE, rateLimit: 10, times: EVER });
  await world.order('incident:1', incident());
  await bot.pump();
  expect(world.shown(OPAL)).toEqual([]);
  for (let n = 0; n < 8; n += 1) {
    await world.store.pass(5_000);
    await bot.pump();
  }
  expect(world.shown(OPAL, 'incident:1')).toHaveLength(1);
  expect(world.slack.calls.filter(({ error }) => error === 'ratelimited').length).toBeLessThanOrEqual(5);
});

describe('an edit that Slack refuses', () => {
  test('with any error that does not close the channel leads to a new post of an incident', async () => {
    const { world, bot } = await announced();
    const codes = SAMPLE.filter((code) => !closesChannel(refusedWith(code)) && code !== 'message_not_found');
    for (const code of codes) await world.order(`incident:${code}`, incident());
    await passing(world, bot, 12, 1);
    const old = new Map(codes.map((code) => [code, world.shown(PLACE, `incident:${code}`)[0]]));
    for (const error of codes) {
      world.slack.fail({ method: 'chat.update', slot: `incident:${error}`, error, times: EVER });
      await world.order(`incident:${error}`, incident(1_400));
    }
    await passing(world, bot, 24);
    for (const code of codes) {
      const [first, second, ...more] = world.shown(PLACE, `incident:${code}`);
      expect(more, code).toEqual([]);
      expect(first, code).toEqual(old.get(code));
      expect(all(second), code).toContain('ROLLED BACK');
    }
  });

  test.each<[string, Message, Message]>([
    ['request:1.1', card(), card({ kind: 'expired', at: new Date() })],
    ['alerts:1', alert(1), alert(1, { at: new Date(), value: 0.4 })],
  ])('of %s leads to a new one too', async (slot, before, after) => {
    const { world, bot } = await announced();
    await world.order(slot, before);
    await bot.pump();
    world.slack.fail({ method: 'chat.update', error: 'cant_update_message', times: EVER });
    await world.order(slot, after);
    await bot.pump();
    expect(world.shown(PLACE, slot)).toHaveLength(2);
  });

  test('of what does not matter any more is left, and holds nothing up', async () => {
    const { world, bot } = await announced();
    await world.order('start:1:1', STAGE_START);
    await bot.pump();
    world.slack.fail({ method: 'chat.update', error: 'edit_window_closed', times: EVER });
    await world.order('start:1:1', { ...STAGE_START, exposure: 25 });
    await world.order('alerts:1', alert(1));
    await bot.pump();
    expect(world.shown(PLACE, 'start:1:1')).toHaveLength(1);
    expect(world.shown(PLACE, 'alerts:1')).toHaveLength(1);
  });

  test('of the live message leads to one new root with a link to the old thread, and never to a third', async () => {
    const { world, bot } = await announced();
    const [old] = world.shown(PLACE, 'live');
    world.slack.fail({ method: 'chat.update', error: 'cant_update_message', times: EVER });
    for (const _ of [1, 2, 3]) {
      await world.store.db.query(`update messages set shown_hash = 'another' where slot = 'live'`);
      await world.order('live', LIVE);
      await bot.pump();
    }
    await bot.deliver.redraw();
    await passing(world, bot, 10, 60);
    await bot.deliver.redraw();
    const [first, second, ...more] = world.shown(PLACE, 'live');
    expect(more).toEqual([]);
    expect(first).toEqual(old);
    expect(all(second)).toContain(world.slack.permalink(PLACE, old?.ts ?? ''));
    await world.order('alerts:1', alert(1));
    await bot.pump();
    expect(world.shown(PLACE, 'alerts:1')[0]?.threadTs).toBe(second?.ts);
  });

  test('only for being asked too often waits for as long as Slack says, while new posts go on', async () => {
    const { world, bot } = await announced();
    await world.order('alerts:1', alert(1));
    await bot.pump();
    world.slack.fail({ method: 'chat.update', rateLimit: 20 });
    await world.order('alerts:1', alert(1, { at: new Date(), value: 0.4 }));
    await world.order('start:1:1', STAGE_START);
    await bot.pump();
    expect(world.shown(PLACE, 'start:1:1')).toHaveLength(1);
    await passing(world, bot, 4);
    expect(world.shown(PLACE, 'alerts:1')).toHaveLength(1);
    expect(world.slack.calls.filter(({ error }) => error === 'ratelimited')).toHaveLength(1);
  });
});

describe('content that Slack refuses', () => {
  test.each(['invalid_blocks', 'msg_blocks_too_long', 'invalid_attachments', 'no_text'])(
    '(%s) is said once more as short plain text, with what happened and what to do',
    async (error) => {
      const { world, bot } = await announced();
      world.slack.fail({ method: 'chat.postMessage', slot: 'incident:1', error, times: EVER });
      await world.order('incident:1', incident());
      await bot.pump();
      const said = world.shown(PLACE).at(-1);
      expect(said?.blocks).toBeUndefined();
      expect(said?.metadata).toBeUndefined();
      expect(said?.text).toContain('ROLLBACK NOT YET APPLIED');
      expect(said?.text).toContain('set memory:checkout to 0 %');
      expect(said?.text).toContain('<!subteam^S0ONCALL>');
      expect(said?.text).toContain('/rollout status checkout#1');
      expect(said?.text.length).toBeLessThan(1_600);
      expect(world.shown(OPAL)).toEqual([]);
      await bot.pump();
      expect(world.shown(PLACE)).toHaveLength(2);
    },
  );

  test('of an edit is said as plain text where it stands', async () => {
    const { world, bot } = await announced();
    await world.order('incident:1', incident());
    await bot.pump();
    world.slack.fail({ method: 'chat.update', slot: 'incident:1', error: 'invalid_blocks' });
    await world.order('incident:1', incident(1_400));
    await bot.pump();
    const [said, ...more] = world.shown(PLACE, 'incident:1');
    expect(more).toEqual([]);
    expect(said?.blocks).toBeUndefined();
    expect(said?.text).toContain('ROLLED BACK');
  });

  test('of the first message keeps no reply from being said', async () => {
    const world = await openWorld();
    world.slack.fail({ method: 'chat.postMessage', slot: 'live', error: 'invalid_blocks', times: EVER });
    world.slack.fail({ method: 'chat.postMessage', slot: '', error: 'no_text', times: EVER });
    await world.order('live', LIVE);
    await world.order('incident:1', incident());
    await (await world.bot()).pump();
    const [said] = world.shown(PLACE, 'incident:1');
    expect(said?.threadTs).toBeUndefined();
  });
});

test('a channel that takes no threads shows the reply by itself', async () => {
  const { world, bot } = await announced();
  world.slack.fail({ method: 'chat.postMessage', error: 'restricted_action_non_threadable_channel' });
  await world.order('alerts:1', alert(1));
  await bot.pump();
  expect(world.shown(PLACE, 'alerts:1')[0]?.threadTs).toBeUndefined();
  expect(world.shown(OPAL)).toEqual([]);
});

describe('Slack refuses everybody', () => {
  test('the last line of the log says that nobody was told', async () => {
    const { world, bot } = await announced();
    world.slack.fail({ method: 'chat.postMessage', error: 'restricted_action', times: EVER });
    await world.order('incident:1', incident());
    await bot.pump();
    expect(world.logged.at(-1)).toMatchObject({ level: 50, slot: 'incident:1', channel: 'restricted_action' });
    expect(world.logged.at(-1)?.msg).toBe('neither the channel nor anybody directly could be told');
  });
});

test('where Slack does not answer for a channel, people are told after two minutes, and the channel still gets it', async () => {
  const { world, bot } = await announced();
  world.slack.fail({ method: 'chat.postMessage', channel: PLACE, reset: true, times: EVER });
  await world.order('incident:1', incident());
  await bot.pump();
  await passing(world, bot, 11, 10);
  expect(world.shown(OPAL)).toEqual([]);
  await passing(world, bot, 2, 10);
  expect(all(world.shown(OPAL, 'incident:1')[0])).toContain('Slack has not answered for minutes');
  world.slack.clearFaults();
  await passing(world, bot, 4);
  expect(world.shown(PLACE, 'incident:1')).toHaveLength(1);
});

test('a look for a lost post that Slack refuses does not hold the post up', async () => {
  const { world, bot } = await announced();
  world.slack.fail({ method: 'conversations.replies', error: 'missing_scope', times: EVER });
  world.slack.fail({ method: 'chat.postMessage', slot: 'alerts:1', reset: true });
  await world.order('alerts:1', alert(1));
  await bot.pump();
  await passing(world, bot, 2, 2);
  expect(world.shown(PLACE, 'alerts:1')).toHaveLength(1);
});

test('the operators hear of an incident that nobody else heard of, also where the first try to order that fails', async () => {
  const { world, bot } = await announced();
  world.slack.setGroupUsers('S0ONCALL', []);
  world.slack.fail({ method: 'chat.postMessage', channel: PLACE, error: 'restricted_action', times: EVER });
  world.slack.setUser(OPAL, { deleted: true });
  world.slack.fail({ method: 'conversations.open', error: 'user_disabled' });
  await world.store.db.query(`
    create sequence orders;
    create function refuse() returns trigger language plpgsql as $$ begin
      if nextval('orders') = 1 then raise 'canceling statement due to statement timeout' using errcode = '57014'; end if;
      return new;
    end $$;
    create trigger refuse before update on effects for each row
      when (old.tell_at = 'infinity' and new.tell_at < 'infinity') execute function refuse()`);
  await world.order('incident:1', incident());
  await bot.pump();
  // A moment later, by a clock that no test moves.
  await world.store.db.query(`update effects set lease_until = now() where state = 'claimed'`);
  await passing(world, bot, 3);
  expect(world.shown(OSCAR, 'incident:1')).toHaveLength(1);
});

/** A person ordered it, and it was read back: news for who started it, where they can be told. */
const NEWS: Message = {
  template: 'incident',
  rollback: rollbackFrom(10, {
    cause: { reason: 'person', by: { kind: 'slack', teamId: 'T0SHOP', userId: OSCAR }, note: '' },
  }),
  tookMs: 2_000,
  exposure: 0,
};

test.each([
  ['an incident', incident()],
  ['what a person ordered and was read back', NEWS],
])(
  '%s that neither the channel nor who started nor the contacts can be told goes to the operators',
  async (_, message) => {
    const { world, bot } = await announced();
    world.slack.setGroupUsers('S0ONCALL', []);
    world.slack.fail({ method: 'chat.postMessage', channel: PLACE, error: 'restricted_action', times: EVER });
    world.slack.setUser(OPAL, { deleted: true });
    world.slack.fail({ method: 'conversations.open', error: 'user_disabled' });
    await world.order('incident:1', message);
    await bot.pump();
    await bot.pump();
    expect(world.shown(OSCAR, 'incident:1')).toHaveLength(1);
  },
);
