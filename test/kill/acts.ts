import type { Delivery, SlackMessage } from '../../sandbox/slack/types.js';
import { loadRollout } from '../../src/store/rollouts.js';
import { SHOP, WHO } from '../support/scene.js';
import { until } from './until.js';
import type { World } from './world.js';

export type Act = 'one' | 'two';

/** What the bot does itself. It may be done twice, so a kill changes nothing of how it ends; `an-item-runs-once` tries the others. */
const ITEM = '{ run: ["true"], name: gate, repeatable: true }';

/** The plan of both acts. Act two breaks while it bakes at half, so that bake must not end by itself. */
export function planOf(act: Act): string {
  return `plan: new-checkout
title: New checkout
channel: "#shop"
people:
  operators: ["@release-team"]
  engineering-lead: ["@engineering-lead"]
targets:
  flag:
    kind: postgres
    url: \${FLAG_DATABASE_URL}
    table: feature_flags
    rows: { name: [NEW_CHECKOUT] }
    columns: { exposure: rollout_percentage, enabled: enabled, updated_at: updated_at }
checks:
  error-rate:
    title: Error rate
    unit: "%"
    probe: { kind: http, url: "\${METRICS_URL}", value: error_rate }
    warning: { above: 2 }
    critical: { above: 5 }
stages:
  - { stage: early, exposure: 10, bake: 8s, check_every: 4s, exit: [${ITEM}] }
  - { stage: half, exposure: 50, bake: ${act === 'one' ? '8s' : '2h'}, check_every: 4s, approve: [engineering-lead], exit: [${ITEM}] }
  - { stage: everyone, exposure: 100, bake: 8s, check_every: 4s, approve: [engineering-lead] }
after_rollback: [${ITEM}]
rollback: { to: off, within: 10m }
`;
}

/** Act one goes to 100 %; act two breaks at 50 % and is taken back. Both end when nothing is left to do. */
export async function play(act: Act, world: World, atHalf: () => Promise<void>): Promise<void> {
  await type(world, WHO.opal, 'start new-checkout numbers look good');
  await reach(world, 'ready', 1);
  await gatesPass(world, 1);
  await type(world, WHO.opal, 'advance 50 still good');
  await approve(world, WHO.lea);
  await reach(world, 'baking', 2);
  await atHalf();
  if (act === 'one') {
    await reach(world, 'ready', 2);
    await gatesPass(world, 2);
    await clickUntilAcked(world, WHO.opal, 'complete:2:1', 'rollout_advance');
    await approve(world, WHO.lou);
    await reach(world, 'completed', 3);
  } else {
    world.setErrorRate(9);
    await until(
      'every settle read is done',
      () => hasEvent(world, 'settled'),
      () => tell(world),
    );
    await gatesPass(world, 2);
    await clickUntilAcked(world, WHO.opal, 'incident:1', 'rollout_have');
  }
  await until(
    'nothing is left to do',
    () => isIdle(world),
    () => tell(world),
  );
}

/**
 * No answer, so once more, when there is somebody to answer: over HTTP the person does it again, over Socket Mode the same
 * delivery comes again.
 */
async function untilAcked(world: World, act: () => Promise<Delivery | null>): Promise<void> {
  let delivery: Delivery | null = null;
  for (let tries = 0; tries < 4; tries += 1) {
    const running = world.bot.up();
    await running;
    const overSocket = world.slack.requestUrl === undefined;
    delivery = await (delivery && overSocket ? delivery.again('retry') : act());
    if (delivery === null || delivery.acked) return;
    // A bot that is only slow is asked again; one that died is waited for.
    if (delivery.tookMs < 2_500) await until('the bot that did not answer is gone', () => world.bot.up() !== running);
  }
  throw new Error(`nobody answers\n${await tell(world)}`);
}

function type(world: World, user: string, text: string): Promise<void> {
  return untilAcked(world, () => world.slack.command({ user, channel: SHOP, text }));
}

/** Clicks a button in this slot's post once it is there. Gone after a try that was not answered: the click did count. */
async function clickUntilAcked(world: World, user: string, slot: string, actionId: string): Promise<void> {
  const find = () => withButton(world, slot, actionId);
  await until(`somebody can click ${actionId} in ${slot}`, find, () => tell(world));
  await untilAcked(world, async () => {
    const message = find();
    return message && world.slack.click({ user, channel: SHOP, ts: message.ts, actionId });
  });
}

async function approve(world: World, user: string): Promise<void> {
  const asked = async () => {
    const { rows } = await world.db.query<{ id: string }>(`select id from approval_requests where state = 'open'`);
    return rows[0]?.id ?? null;
  };
  const id = await until(
    'an approval is asked for',
    () => asked(),
    () => tell(world),
  );
  await clickUntilAcked(world, user, `request:${id}`, 'rollout_approve');
}

function withButton(world: World, slot: string, actionId: string): SlackMessage | null {
  const isIt = ({ blocks, metadata }: SlackMessage) =>
    metadata?.event_payload.slot === slot && JSON.stringify(blocks ?? []).includes(`"action_id":"${actionId}"`);
  return world.slack.messages(SHOP).find(isIt) ?? null;
}

async function reach(world: World, phase: string, stageNo: number): Promise<void> {
  const arrived = async () => {
    await world.bot.up();
    const { rows } = await world.db.query<{ id: number }>('select max(id) as id from rollouts');
    const rollout = rows[0]?.id ? (await loadRollout(world.db, rows[0].id))?.rollout : undefined;
    return rollout?.phase === phase && rollout.stage.no === stageNo;
  };
  await until(`the rollout is ${phase} in stage ${stageNo}`, arrived, () => tell(world));
}

/** So many gates have passed so far. */
async function gatesPass(world: World, count: number): Promise<void> {
  const passed = async () => {
    await world.bot.up();
    const { rowCount } = await world.db.query(`select 1 from items where state = 'done'`);
    return (rowCount ?? 0) >= count;
  };
  await until(`${count} gates have passed`, passed, () => tell(world));
}

async function hasEvent(world: World, event: string): Promise<boolean> {
  await world.bot.up();
  const { rowCount } = await world.db.query('select 1 from events where type = $1', [event]);
  return rowCount !== null && rowCount > 0;
}

/** Nothing open in the table, and what must be there even when a kill came last: a bot that took over. */
async function isIdle(world: World): Promise<boolean> {
  await world.bot.up();
  const { rowCount } = await world.db.query(`select 1 from effects where state in ('pending', 'claimed')`);
  return rowCount === 0;
}

/** What to look at when a wait was in vain. */
async function tell(world: World): Promise<string> {
  const events = await world.db.query<{ type: string }>('select type from events order by rollout_id, seq');
  const open = await world.db.query(
    `select id, kind, slot, state, attempts, last_error, lease_until - now() as lease from effects where state in ('pending', 'claimed')`,
  );
  const lines = [events.rows.map((row) => row.type).join(' '), ...open.rows.map((row) => JSON.stringify(row))];
  return [...lines, world.bot.lastWords()].join('\n');
}
