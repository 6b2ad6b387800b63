/** The built bot while clocks are changed: its machine's, in zones with daylight saving, and its database's. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { startPostgres } from '../../sandbox/postgres.js';
import { atLeast, until } from '../kill/until.js';
import { createDatabase } from '../support/database.js';
import { SHOP, WHO } from '../support/scene.js';
import { canFakeClocks, changesOf, fakeClock } from './clock/fake-clock.js';
import { openWorld } from './clock/world.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Clocks are set by ten minutes at the least: what followed them would be further off than this, which is longer than anything here takes. */
const AWHILE = 5 * MINUTE;

const plan = (stages: string, target: string) => `plan: new-checkout
title: New checkout
channel: "#shop"
people: { operators: ["@release-team"], engineering-lead: ["@engineering-lead"] }
targets: { flag: ${target} }
checks:
  error-rate:
    title: Error rate
    unit: "%"
    probe: { kind: http, url: "\${METRICS_URL}", value: error_rate }
    critical: { above: 5 }
approve_within: 5m
stages:
${stages}
rollback: { to: off, within: 30s }
`;

/** Side by side: much of each is waiting. */
const suite = canFakeClocks ? describe.concurrent : describe.skip;
type AtEnd = (close: () => Promise<void> | void) => void;

suite('while the clock of the machine is changed', () => {
  const YEAR = 2026;
  const BERLIN = changesOf('Europe/Berlin', YEAR);
  const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'Asia/Kolkata'];

  test('the zones are those that have what is tried', () => {
    expect(ZONES.map((zone) => changesOf(zone, YEAR).length)).toEqual([2, 2, 2, 2, 0]);
  });

  test.for(ZONES)(
    'in %s, nothing is read late, and a breach is taken back',
    async (zone, { onTestFinished: atEnd }) => {
      const database = await createDatabase();
      atEnd(() => database.drop());
      const stages = '  - { stage: early, exposure: 10, bake: 1h, check_every: 1s }';
      const world = await openWorld({
        databaseUrl: database.url,
        plan: plan(stages, '{ kind: memory, name: flag }'),
        atEnd,
      });
      const clock = fakeClock();
      atEnd(() => clock.remove());
      const changes = changesOf(zone, YEAR);
      const moments = changes.length > 0 ? changes : BERLIN;
      clock.show((moments[0] ?? 0) - 90 * MINUTE);
      await world.start({ ...clock.env, TZ: zone });
      await world.types('start new-checkout');
      await world.types('advance');
      await world.reaches('baking', 1);
      await world.metrics.read(2);
      for (const change of moments) {
        // Somebody or something sets the clock each time, too: by minutes, by hours, and by months.
        for (const at of [change - 30 * MINUTE, change - 2 * SECOND, change + 30 * MINUTE]) {
          clock.show(at);
          await world.metrics.read(2);
        }
      }
      for (const by of [HOUR, -HOUR, 10 * MINUTE, -10 * MINUTE]) {
        clock.show((moments[0] ?? 0) + by);
        await world.metrics.read(2);
      }
      world.metrics.setErrorRate(50);
      await world.reaches('rolled_back');
    },
  );
});

suite('while the clock of the database is changed', () => {
  /** A Postgres of its own whose clock can be set, and an empty database in it, in a zone of odd minutes. */
  async function openDatabase(atEnd: AtEnd) {
    const clock = fakeClock();
    const dir = mkdtempSync(join(tmpdir(), 'rollout-clock-postgres-'));
    chmodSync(dir, 0o711);
    const postgres = await startPostgres({ dir, durable: false, env: clock.env });
    atEnd(async () => {
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
      clock.remove();
    });
    const admin = new pg.Client({ connectionString: postgres.adminUrl });
    await admin.connect();
    try {
      await admin.query('create database bot');
      await admin.query(`alter database bot set timezone = 'Pacific/Chatham'`);
    } finally {
      await admin.end();
    }
    return { url: postgres.url('bot'), clock, stop: postgres.stop };
  }

  /** The flag, in a database whose clock is right, and a lock that makes writes to it hang. */
  async function openFlag(atEnd: AtEnd) {
    const database = await createDatabase({ template: false });
    const pool = new pg.Pool({ connectionString: database.url, max: 2 });
    pool.on('error', () => undefined);
    atEnd(async () => {
      await pool.end();
      await database.drop();
    });
    await pool.query(`create table flags (name text primary key, pct numeric not null, enabled boolean not null);
      insert into flags values ('new', 0, false)`);
    const target = `{ kind: postgres, url: "\${FLAG_URL}", table: flags, rows: { name: [new] }, columns: { exposure: pct, enabled: enabled } }`;
    return {
      target,
      env: { FLAG_URL: database.url },
      exposure: async () =>
        Number((await pool.query(`select case when enabled then pct else 0 end as pct from flags`)).rows[0].pct),
      async lock() {
        const holder = await pool.connect();
        await holder.query('begin; select from flags for update');
        return async () => {
          await holder.query('rollback');
          holder.release();
        };
      },
    };
  }

  test('bakes, requests, raises, lowerings and leases of two processes go on as if nothing happened', async ({
    onTestFinished: atEnd,
  }) => {
    const [{ url, clock, stop }, flag] = await Promise.all([openDatabase(atEnd), openFlag(atEnd)]);
    const stages = `  - { stage: early, exposure: 10, bake: 8s, check_every: 1s }
  - { stage: half, exposure: 50, bake: 1h, check_every: 1s, approve: [engineering-lead] }`;
    const world = await openWorld({ databaseUrl: url, plan: plan(stages, flag.target), atEnd });
    const [one] = [await world.start(flag.env), await world.start(flag.env)];
    const began = performance.now();
    await world.types('start new-checkout');
    await world.types('advance');
    await world.reaches('baking', 1);
    const mostOfTheBake = atLeast(6 * SECOND);

    // A bake: neither shorter nor longer.
    await world.metrics.read(2);
    clock.set(HOUR);
    await world.metrics.read(2);
    clock.set(-10 * MINUTE);
    await world.reaches('ready', 1);
    expect(mostOfTheBake()).toBe(true);

    // A request that stays open for 5 minutes.
    await world.types('advance');
    const asked = async () => (await world.rows(`select id from approval_requests where state = 'open'`))[0]?.id;
    const request: string = await until('it asks', async () => (await asked()) ?? null);
    for (const ahead of [10 * MINUTE, HOUR, -HOUR, 0]) {
      clock.set(ahead);
      await world.metrics.read(3);
      expect(await asked()).toBe(request);
    }

    // A raise that hangs, and the lease on it.
    const unlock = await flag.lock();
    const card = () =>
      world.slack.messages(SHOP).find(({ metadata }) => metadata?.event_payload.slot === `request:${request}`);
    const posted = await until('the card is there', () => card() ?? null);
    await world.slack.click({ user: WHO.lea, channel: SHOP, ts: posted.ts, actionId: 'rollout_approve' });
    await world.reaches('applying', 1);
    const raise = async () =>
      (
        await world.rows(
          `select state, claimed_by, fence, attempts from effects where kind = 'raise' order by id desc limit 1`,
        )
      )[0];
    const held = await until('it is raised', async () =>
      (await raise())?.state === 'claimed' ? ((await raise()) ?? null) : null,
    );
    clock.set(HOUR);
    await world.metrics.read(2);
    expect(await raise()).toEqual(held);
    await unlock();
    await world.reaches('baking', 2);
    expect(await flag.exposure()).toBe(50);

    // A lowering that hangs, and is tried again.
    const free = await flag.lock();
    world.metrics.setErrorRate(50);
    await world.reaches('rolling_back');
    for (const ahead of [0, -HOUR, -10 * MINUTE]) {
      clock.set(ahead);
      const tries = async () =>
        Number((await world.rows(`select max(attempts) as n from effects where kind = 'lower'`))[0]?.n);
      const before = await tries();
      await until('it is tried again', async () => (await tries()) > before);
    }
    await free();
    await until('nobody has it any more', async () => (await flag.exposure()) === 0);

    expect(await world.events()).not.toContain('approval_expired');
    expect(await world.events()).not.toContain('raise_failed');
    const rows = await world.rows<{ backwards: number; span: number }>(
      `select count(*) filter (where at < before)::int as backwards, (extract(epoch from max(at) - min(at)) * 1000)::float8 as span
       from (select at, lag(at) over (partition by rollout_id order by seq) as before from events) e`,
    );
    expect(rows[0]?.backwards).toBe(0);
    expect(Math.abs((rows[0]?.span ?? 0) - (performance.now() - began))).toBeLessThan(AWHILE);
    expect(one.logged('the clock of the database jumped; time goes on without the jump').length).toBeGreaterThan(5);

    // Without a database the bot is not ready, and nobody has a reason to end it.
    const bot = `http://127.0.0.1:${await one.up()}`;
    expect(await (await fetch(`${bot}/metrics`)).text()).toMatch(/^rollout_clock_correction_seconds -?[\d.]+$/m);
    await stop();
    const ready = await until('it is not ready', async () => {
      const answer = await fetch(`${bot}/readyz`);
      return answer.status === 503 && answer.json();
    });
    expect(ready).toMatchObject({ ready: false, last_tick_seconds: expect.any(Number) });
    expect((await fetch(`${bot}/healthz`)).status).toBe(200);
  });
});
