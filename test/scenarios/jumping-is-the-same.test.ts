/** `pass` skips the steps at which the store says that nothing is due. What happens, is done and is said must not depend on it. */
import { expect, test } from 'vitest';
import type { SlackMessage } from '../../sandbox/slack/types.js';
import { TargetError } from '../../src/targets/target.js';
import { WHO } from '../support/scene.js';
import { openRoom, planText, type Room } from './room.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const away = () => new TargetError('unreachable', 'away', { retryable: true });

type Story = (room: Room) => Promise<void>;

const start: Story = async (room) => {
  await room.command(WHO.opal, 'start new-checkout numbers look good');
};
const toRequest: Story = (room) => room.toRequest(WHO.opal);
const then =
  (...stories: readonly Story[]): Story =>
  async (room) => {
    for (const story of stories) await story(room);
  };
const pass =
  (ms: number, stepMs = SECOND): Story =>
  (room) =>
    room.pass(ms, stepMs);
const says =
  (user: string, text: string): Story =>
  async (room) => {
    await room.command(user, text);
  };
const clicks =
  (user: string, action: string): Story =>
  async (room) => {
    await room.press(user, action);
  };
const errors =
  (value: Parameters<Room['errors']['set']>[0]): Story =>
  async (room) => {
    room.errors.set(value);
  };

/**
 * Each is played twice, and opening a room costs more than most of what happens in one: so a story has several parts. Where
 * calls are tried again the steps are a second: in a longer one a try and a check fall together, and who is first is luck.
 */
const STORIES: Readonly<Record<string, Story>> = {
  'a bake that passes, and nobody goes on': then(start, pass(40 * SECOND), pass(9 * HOUR, 30 * MINUTE)),
  'a warning that comes and goes, no data, a warning that stays, and a critical limit': then(
    start,
    errors(3),
    pass(25 * SECOND),
    errors(0.3),
    pass(30 * SECOND),
    errors({ unknown: 'no_value' }),
    pass(MINUTE, 2 * SECOND),
    errors(3),
    pass(2 * MINUTE, 5 * SECOND),
    errors(9),
    pass(MINUTE, 2 * SECOND),
  ),
  'a request that is denied, and one that waits for hours and expires': then(
    toRequest,
    says(WHO.lea, 'deny not now'),
    pass(MINUTE, 5 * SECOND),
    says(WHO.opal, 'advance 50 again'),
    pass(26 * HOUR, HOUR),
  ),
  'an approval, and a rollback after half of them have it': then(
    toRequest,
    clicks(WHO.lea, 'rollout_approve'),
    pass(30 * SECOND),
    says(WHO.opal, 'rollback'),
    pass(11 * MINUTE, 10 * SECOND),
  ),
  'a breach while people decide': then(toRequest, pass(20 * SECOND), errors(9), pass(MINUTE, 2 * SECOND)),
  'a pause, a resume after an hour, a longer bake, and a flag that somebody else moved': then(
    start,
    pass(7 * SECOND),
    says(WHO.opal, 'pause lunch'),
    pass(HOUR, 5 * MINUTE),
    says(WHO.opal, 'resume'),
    says(WHO.opal, 'extend 5m late start'),
    pass(3 * MINUTE, 5 * SECOND),
    async (room) => {
      room.target.exposure = 40;
    },
    pass(MINUTE, 2 * SECOND),
  ),
  'a target that cannot be read for a while, and an end before everyone has it': then(
    start,
    async (room) => {
      for (let n = 0; n < 8; n += 1) room.target.failNext(away(), 'read');
    },
    pass(2 * MINUTE),
    (room) => room.finish(WHO.opal, 'enough').then(() => undefined),
    pass(MINUTE, 2 * SECOND),
  ),
  'a raise that fails': then(
    toRequest,
    async (room) => {
      for (let n = 0; n < 3; n += 1) room.target.failNext(away(), 'set');
    },
    clicks(WHO.lea, 'rollout_approve'),
    pass(2 * MINUTE),
  ),
  'a lowering that fails for a while': then(
    start,
    pass(12 * SECOND),
    async (room) => {
      for (let n = 0; n < 4; n += 1) room.target.failNext(away(), 'set');
    },
    says(WHO.lea, 'rollback they complain'),
    pass(2 * MINUTE),
  ),
  'Slack that is asked too often, and that is away for a while': then(
    start,
    async (room) => room.slack.fail({ method: 'chat.update', rateLimit: 20, times: 1 }),
    errors(3),
    pass(MINUTE, 2 * SECOND),
    async (room) => room.slack.setDown(true),
    errors(9),
    pass(MINUTE, 5 * SECOND),
    async (room) => room.slack.setDown(false),
    pass(2 * MINUTE, 5 * SECOND),
  ),
  'a bot that is away for a while': then(
    start,
    (room) => room.stop(),
    async (room) => {
      await room.db.query(`update test_clock set at = at + interval '1 hour'`);
      await room.restart();
    },
    pass(MINUTE, 2 * SECOND),
  ),
};

/**
 * The first stage is asked for, too: nobody has it yet, so no check is due, and only its own wake brings a rollout on. The live
 * message is drawn again every few seconds; the wakes lie between two drawings.
 */
const ASKS_FIRST = planText()
  .replace('exposure: 10,', 'exposure: 10, approve: [engineering-lead],')
  .replace('stages:', 'approve_within: 7m\nreminders: { every: 5m }\nstages:');

const WITHOUT_CHECKS: Readonly<Record<string, Story>> = {
  'a first request that waits, expires, and is left alone': then(start, pass(13 * MINUTE, 5 * SECOND)),
  'a pause before anybody has it': then(start, says(WHO.opal, 'pause lunch'), pass(6 * MINUTE, 5 * SECOND)),
};

/** A working day, the same for both, since words say what time it is. */
const MORNING = '2026-03-03T09:00:00Z';

/**
 * Everything that is left of a story. Four things are decided within one moment of domain time by what is quicker, also in two runs step by
 * step, so they are left out: whether an edit is carried out or a newer one of the same moment takes its place, in which order direct messages
 * go out, whether one that says where the rollout stands is sent before or after a raise of the same moment was read back, and whether a target is
 * read before or after it is moved.
 */
async function told(room: Room): Promise<object> {
  const rows = async (sql: string): Promise<unknown[]> => (await room.db.query(sql)).rows;
  // The plan names this room's own store, so its hash differs.
  const read = (post: SlackMessage) => room.read(post).replace(/ plan [0-9a-f]{6}\b/g, ' plan');
  const direct = (user: string) =>
    room
      .direct(user)
      .map((post) => read(post).replace(RAISED_NOW, 'It goes to $<to> %'))
      .sort();
  const calls = room.target.calls.map(({ operation, exposure }) =>
    operation === 'read' ? operation : `${operation} ${exposure ?? ''}`,
  );
  return {
    events: await rows('select rollout_id, seq, type, actor, at::text from events order by rollout_id, seq'),
    effects: await rows(
      `select e.rollout_id, e.seq, n, lane, kind, slot, person, not_before::text, retry_at::text, not_after::text, tell_at::text,
         case when newer then 'newer' else state end as state, case when newer then 0 else attempts end as attempts
       from effects e join events v using (rollout_id, seq), lateral (select e.kind = 'show' and exists (
         select from effects o join events w using (rollout_id, seq) where o.rollout_id = e.rollout_id and o.slot = e.slot and o.kind = 'show'
           and o.person is not distinct from e.person and o.seq > e.seq and w.at = v.at) as newer) as same
       where slot is distinct from 'live' order by e.rollout_id, e.seq, n`,
    ),
    readings: await rows(
      'select check_name, due_at::text, value, verdict from measurements order by due_at, check_name',
    ),
    moves: calls.filter((call) => call !== 'read'),
    reads: calls.length,
    posts: room.posts().map((post) => [post.threadTs !== undefined, read(post)]),
    people: Object.fromEntries(Object.values(WHO).map((user) => [user, direct(user)])),
    exposure: room.target.exposure,
  };
}

const RAISED_NOW = /(?:Going to|It is baking at) (?<to>\d+) %(?: now; |\. ).+/;

async function play(story: Story, plan: string, everyStep: boolean): Promise<object> {
  const room = await openRoom({ transport: 'http', plan, everyStep });
  try {
    await room.db.query('update test_clock set at = $1', [MORNING]);
    await story(room);
    return await told(room);
  } finally {
    await room.close();
  }
}

const ALL = [
  ...Object.entries(STORIES).map(([name, story]) => [name, story, planText()] as const),
  ...Object.entries(WITHOUT_CHECKS).map(([name, story]) => [name, story, ASKS_FIRST] as const),
];

test.each(ALL)('%s: what happened, was done and was said is the same', async (_name, story, plan) => {
  expect(await play(story, plan, false)).toEqual(await play(story, plan, true));
});
