import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { memoryStore } from '../../src/targets/memory.js';
import { TargetError } from '../../src/targets/target.js';
import { orderOf } from '../support/order.js';
import { type Scene, SHOP, WHO } from '../support/scene.js';
import { PLAN } from '../support/scene-words.js';
import { createFlagTable } from '../targets/flag-table.js';
import { baked, bakingAtTen, HOUR, MINUTE, moveClock, posts, SECOND, stage, waitingForHalf } from './on-stage.js';

const SHORT = PLAN.replaceAll('bake: 5m', 'bake: 1m');
const gone = () => new TargetError('unreachable', 'gone', { retryable: true });

/** Longer than any test: what waits for it never comes to its end. */
const FOR_EVER_MS = 1_000_000;

/** Nobody has it any more, with the clock's ticks going on. What a tick waits for may never end, so none is waited for. */
async function nobodyHasIt(scene: Scene): Promise<void> {
  let over = true;
  const look = () => {
    if (over) {
      over = false;
      void scene.app.tick().finally(() => {
        over = true;
      });
    }
    return scene.target.exposure;
  };
  await expect.poll(look, { interval: 5 }).toBe(0);
}

test('not for a probe whose variable is not set any more', async () => {
  let set = true;
  const plan = SHORT.replace(
    'probe: { kind: memory, name: $LATENCY }',
    `probe: { kind: http, url: "http://\${METRICS_HOST}/x", value: v }`,
  );
  const scene = await stage({
    plan,
    everyStep: true,
    fill: (value) => {
      if (value.includes('METRICS_HOST') && !set) throw new Error('METRICS_HOST is not set');
      return value.replace(/\$\{METRICS_HOST\}/, '127.0.0.1:9');
    },
  });
  await bakingAtTen(scene);
  set = false;
  await scene.restart();
  await scene.command(WHO.opal, 'rollback');
  expect(scene.target.exposure).toBe(0);
  expect(await scene.phase()).toBe('rolled_back');
});

test('not for an ack that is lost', async () => {
  const down: { on?: () => void } = {};
  const scene = await stage({
    transport: 'socket',
    everyStep: true,
    onCrashPoint: (step) => (step === 'FP03' ? down.on?.() : undefined),
  });
  await bakingAtTen(scene);
  down.on = () => {
    delete down.on;
    scene.slack.setDown(true);
  };
  const delivery = scene.slack.command({ user: WHO.opal, channel: SHOP, text: 'rollback' });
  await nobodyHasIt(scene);
  expect((await delivery).acked).toBe(false);
  scene.slack.setDown(false);
  await scene.pass(10 * SECOND, 5 * SECOND);
});

test('and where the bot sees that, what came of it is told another way', async () => {
  const lost: { on?: () => Promise<void> } = {};
  const scene = await stage({
    transport: 'socket',
    onCrashPoint: async (step) => (step === 'FP03' ? await lost.on?.() : undefined),
  });
  await bakingAtTen(scene);
  lost.on = async () => {
    delete lost.on;
    // Its connections end while Slack itself is there: the bot has new ones before it acknowledges over the old.
    scene.slack.setDown(true);
    scene.slack.setDown(false);
    await scene.slack.connected(1);
  };
  const told = () => scene.slack.ephemerals(SHOP, WHO.opal).map((answer) => scene.read(answer));
  const before = told().length;
  expect((await scene.slack.command({ user: WHO.opal, channel: SHOP, text: 'rollback' })).acked).toBe(false);
  await expect.poll(() => told().slice(before).join('\n')).toMatch(/rolling back|rolled back/i);
  await scene.settle();
});

test('not for a Slack that hangs', async () => {
  const scene = await stage({ everyStep: true });
  await bakingAtTen(scene);
  scene.slack.fail({ method: '*', times: Infinity, delayMs: FOR_EVER_MS });
  const delivery = scene.slack.command({ user: WHO.opal, channel: SHOP, text: 'rollback' });
  await nobodyHasIt(scene);
  scene.slack.clearFaults();
  await delivery;
  await scene.pass(10 * SECOND, 5 * SECOND);
});

test('not for the whole of a lease when this very process lost track of it', async () => {
  const scene = await stage({ everyStep: true });
  await bakingAtTen(scene);
  // As after an error between the claim and the call: claimed by the bot, in nobody's hand, most of the lease left.
  await scene.command(WHO.opal, 'pause');
  const { rows } = await scene.db.query<{ id: string }>('select id from workers order by started_at desc limit 1');
  await scene.slack.command({ user: WHO.opal, channel: SHOP, text: 'rollback' });
  await scene.settle();
  expect(scene.target.exposure).toBe(0);
  scene.target.exposure = 10;
  await scene.db.query(
    `update effects set state = 'claimed', claimed_by = $1, lease_until = now() + interval '13 seconds', done_at = null where kind = 'lower'`,
    [rows[0]?.id],
  );
  expect(await orderOf({ off: () => nobodyHasIt(scene) }, [10_000])).toEqual(['off']);
});

test('not for a clock that went back', async () => {
  const scene = await stage({ everyStep: true });
  await bakingAtTen(scene);
  scene.target.failNext(gone(), 'set');
  await scene.slack.command({ user: WHO.opal, channel: SHOP, text: 'rollback' });
  await expect
    .poll(
      async () =>
        (await scene.db.query(`select 1 from effects where kind = 'lower' and retry_at is not null`)).rowCount,
    )
    .toBe(1);
  await moveClock(scene, -HOUR);
  await scene.pass(20 * SECOND, 5 * SECOND);
  expect(scene.target.exposure).toBe(0);
});

test('not for a look at the clock that is held up', async () => {
  const scene = await stage({
    everyStep: true,
    plan: SHORT.replace('critical: { above: 5 }', 'critical: { above: 5, fail: 1 of 1 }'),
  });
  await bakingAtTen(scene);
  // No lock time-out ends it: it hangs until its statement has to end.
  await scene.db.query(`create function hold_up() returns trigger language plpgsql set lock_timeout = 0 as $$ begin
    perform pg_advisory_xact_lock(77); return null; end $$`);
  const holder = await scene.db.connect();
  onTestFinished(() => holder.release(true));
  await holder.query('select pg_advisory_lock(77)');
  scene.errors.set(50);
  await scene.app.tick();
  await scene.db.query('update watches set next_check_at = rollout_now()');
  await scene.db.query('create trigger hold_up before update on clock for each statement execute function hold_up()');
  const looks = async () => {
    const { rows } = await scene.db.query<{ look: string }>(
      `select pid || ' ' || query_start as look from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`,
    );
    return rows.map(({ look }) => look);
  };
  const tick = scene.app.tick();
  await expect.poll(looks, { interval: 5 }).not.toEqual([]);
  const [first] = await looks();
  while (scene.target.exposure !== 0) await new Promise((next) => setImmediate(next));
  expect(await looks()).toContain(first);
  await holder.query('select pg_advisory_unlock(77)');
  await scene.db.query('drop trigger hold_up on clock');
  await tick;
});

test('and checks go on when the clock went back', async () => {
  const scene = await stage({ everyStep: true });
  await bakingAtTen(scene);
  await scene.pass(20 * SECOND, 10 * SECOND);
  await moveClock(scene, -HOUR);
  scene.errors.set(50);
  await scene.pass(MINUTE, 10 * SECOND);
  expect(await scene.phase()).toBe('rolled_back');
});

test('a percentage the target refuses for good is given up for off', async () => {
  const flags = await createFlagTable();
  onTestFinished(() => flags.close());
  await flags.sql(
    'alter table feature_flags alter rollout_percentage drop default, alter rollout_percentage type integer using rollout_percentage::integer',
  );
  const plan = SHORT.replaceAll(', approve: [engineering-lead]', '').replace(
    '{ kind: memory, name: $TARGET }',
    `{ kind: postgres, url: "\${FLAGS}", table: feature_flags, rows: { name: [NEW_CHECKOUT] }, columns: { exposure: rollout_percentage, enabled: enabled } }`,
  );
  const scene = await stage({ plan, everyStep: true, fill: (value) => value.replace(/\$\{FLAGS\}/, flags.url) });
  await scene.command(WHO.opal, 'start new-checkout');
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  await scene.command(WHO.opal, 'rollback 12.5 broken');
  await scene.pass(20 * SECOND, 5 * SECOND);
  expect(await scene.phase()).toBe('rolled_back');
  const [row] = await flags.sql<{ p: number }>(
    `select rollout_percentage as p from feature_flags where name = 'NEW_CHECKOUT'`,
  );
  expect(row?.p).toBe(0);
});

test('a rollback to some users that is stuck while a check is critical goes all the way', async () => {
  const scene = await stage({ everyStep: true });
  await waitingForHalf(scene);
  await scene.click(WHO.lea, 'rollout_approve');
  for (let i = 0; i < 10; i += 1) scene.target.failNext(gone(), 'set');
  await scene.command(WHO.opal, 'rollback 20 broken');
  scene.errors.set(90);
  await scene.passUntil('nobody has it', () => scene.target.exposure === 0, {
    stepMs: 10 * SECOND,
    maxMs: 10 * MINUTE,
  });
  await scene.settle();
  expect(await scene.phase()).toBe('rolled_back');
});

test('one target that does not answer does not hide that another is far above', async () => {
  const other = `other-${process.pid}`;
  const plan = SHORT.replace(
    '  flag: { kind: memory, name: $TARGET }',
    `  flag: { kind: memory, name: $TARGET }\n  second: { kind: memory, name: ${other} }`,
  );
  const scene = await stage({ plan, everyStep: true });
  await bakingAtTen(scene);
  for (let i = 0; i < 40; i += 1) memoryStore(other).failNext(gone(), 'read');
  scene.target.exposure = 100;
  await scene.pass(MINUTE, 10 * SECOND);
  expect(scene.target.exposure).toBe(10);
});

test('a lowering that is stuck outside a rollback is reported', async () => {
  const scene = await stage({ everyStep: true });
  await waitingForHalf(scene);
  scene.target.hangNext('set');
  await scene.click(WHO.lea, 'rollout_approve');
  for (let i = 0; i < 40; i += 1) scene.target.failNext(gone(), 'set');
  scene.target.applyLate();
  await scene.command(WHO.opal, 'pause stop');
  await scene.pass(MINUTE, 5 * SECOND);
  // By the lowering that fails, or by the check that reads 50 %: whoever is first, once.
  expect(posts(scene, 'alerts:')).toHaveLength(1);
  expect(scene.read(posts(scene, 'alerts:')[0])).toMatch(/not read back at 10\s%|50\s%/);
});

test('a raise goes out although its checks take longer than half a lease', async () => {
  const server = createServer((_request, response) => {
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"v":1}'), 5_500);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const plan = SHORT.replace(
    'probe: { kind: memory, name: $LATENCY }',
    `probe: { kind: http, url: "http://127.0.0.1:${port}/", value: v, timeout: 10s }`,
  );
  const scene = await stage({ plan, everyStep: true });
  await scene.slack.command({ user: WHO.opal, channel: SHOP, text: 'start new-checkout' });
  await expect.poll(() => scene.target.exposure, { interval: 200 }).toBe(10);
});
