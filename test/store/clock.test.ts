/** The database's clock as a test sets it, and processes whose own clocks a test is in charge of too. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, createClock, type Jump } from '../../src/store/clock.js';
import { openStore, type Store } from './store.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const BEGAN = Date.parse('2026-10-25T00:30:00Z');

let store: Store;
/** What the server's clock is ahead of true time, and true time, ms since the test began. */
let ahead: number;
let trueMs: number;

beforeEach(async () => {
  [ahead, trueMs] = [0, 0];
  store = await openStore();
  await store.db.query(`create table server_clock (at timestamptz not null);
    insert into server_clock values (to_timestamp(${BEGAN / 1_000}));
    create or replace function server_now() returns timestamptz language sql stable as 'select at from server_clock';
    create or replace function rollout_now() returns timestamptz language sql stable as 'select steady_now()'`);
});
afterEach(() => store.close());

/** Time passes, and the server's clock says so too. */
async function pass(ms: number): Promise<void> {
  trueMs += ms;
  await setServer();
}

/** Somebody sets the server's clock, or another server takes over. */
async function jump(ms: number): Promise<void> {
  ahead += ms;
  await setServer();
}

function setServer(): Promise<unknown> {
  return store.db.query(`update server_clock set at = to_timestamp($1::float8 / 1000)`, [BEGAN + trueMs + ahead]);
}

/** Domain time, ms since the test began. */
async function domain(): Promise<number> {
  const [row] = await store.rows<{ now: Date }>('select rollout_now() as now');
  return (row?.now.getTime() ?? Number.NaN) - BEGAN;
}

interface Process extends Clock {
  readonly jumps: Jump[];
  /** What its own clock says it slept; taken off what it counts. */
  suspended: { awake: number; up: number };
}

function startProcess(): Process {
  const jumps: Jump[] = [];
  const suspended = { awake: 0, up: 0 };
  const moment = () => ({ awake: trueMs - suspended.awake, up: trueMs - suspended.up });
  return { ...createClock({ db: store.db, moment, onJump: (one) => jumps.push(one) }), jumps, suspended };
}

/** So many seconds, each with a look of every process. */
async function tick(seconds: number, ...processes: Process[]): Promise<void> {
  for (let count = 0; count < seconds; count += 1) {
    await pass(SECOND);
    for (const one of processes) await one.look();
  }
}

describe('with a clock that nobody sets', () => {
  test('steady time is the server’s, to the microsecond', async () => {
    const bot = startProcess();
    await bot.begin(0);
    await tick(5, bot);
    expect(await store.rows('select steady_now() = server_now() as same, rate from clock')).toEqual([
      { same: true, rate: 1 },
    ]);
    expect(bot.jumps).toEqual([]);
  });

  test('before anybody looked it is the server’s', async () => {
    await pass(HOUR);
    expect(await domain()).toBe(HOUR);
  });

  test('a look late by a minute finds that a minute passed', async () => {
    const bot = startProcess();
    await bot.begin(0);
    await pass(MINUTE);
    await bot.look();
    expect([await domain(), bot.jumps]).toEqual([MINUTE, []]);
  });
});

const JUMPS = [HOUR, -HOUR, 10 * MINUTE, -10 * MINUTE, 30 * SECOND, -30 * SECOND, 5 * SECOND, -5 * SECOND];

describe.each(JUMPS)('when the server’s clock jumps by %d ms', (by) => {
  test('nothing that is asked before the next look sees more of it than 3 s, and nothing goes back', async () => {
    const bot = startProcess();
    await bot.begin(0);
    await tick(3, bot);
    await jump(by);
    const seen = await domain();
    expect(seen).toBeGreaterThanOrEqual(3 * SECOND);
    expect(seen).toBeLessThanOrEqual(6 * SECOND);
  });

  test('time goes on without it, and the server is followed again in the end', async () => {
    const bot = startProcess();
    await bot.begin(0);
    await tick(3, bot);
    await jump(by);
    await tick(1, bot);
    const after = await domain();
    expect(after).toBeGreaterThanOrEqual(4 * SECOND);
    expect(after).toBeLessThanOrEqual(6 * SECOND);
    expect(bot.jumps.map(({ jumpedMs }) => jumpedMs)).toEqual([by]);
    await tick(20, bot);
    const later = (await domain()) - after;
    // At 98 to 102 seconds in 100.
    expect(later / (20 * SECOND)).toBeCloseTo(by > 0 ? 1.02 : 0.98, 3);
    expect(bot.jumps).toHaveLength(1);
  });

  test('of two processes one takes it out, and the other finds it gone', async () => {
    const [one, two] = [startProcess(), startProcess()];
    await one.begin(0);
    await two.begin(0);
    await tick(3, one, two);
    await jump(by);
    await pass(SECOND);
    await Promise.all([one.look(), two.look()]);
    await tick(1, one, two);
    expect(await domain()).toBeGreaterThan(4.9 * SECOND);
    expect(await domain()).toBeLessThanOrEqual(8 * SECOND);
    expect([one.jumps.length, two.jumps.length]).toEqual([1, 1]);
  });

  test('and back again, no time is lost or won', async () => {
    const bot = startProcess();
    await bot.begin(0);
    await tick(3, bot);
    await jump(by);
    await tick(5, bot);
    await jump(-by);
    await tick(5, bot);
    expect(Math.abs((await domain()) - 13 * SECOND)).toBeLessThanOrEqual(3.5 * SECOND);
  });

  test('while the database was away for two minutes, only the two minutes count', async () => {
    const bot = startProcess();
    await bot.begin(0);
    await tick(3, bot);
    await jump(by);
    await pass(2 * MINUTE);
    await bot.look();
    expect(Math.abs((await domain()) - 2 * MINUTE - 3 * SECOND)).toBeLessThanOrEqual(3 * SECOND);
  });
});

test('a correction shrinks until it is gone, and time never goes back on the way', async () => {
  const bot = startProcess();
  await bot.begin(0);
  await jump(-20 * SECOND);
  await tick(1, bot);
  let before = await domain();
  for (let count = 0; count < 1_100; count += 1) {
    await pass(SECOND);
    if (count % 2 === 0) await bot.look();
    const now = await domain();
    expect(now).toBeGreaterThanOrEqual(before);
    before = now;
  }
  await bot.look();
  expect(Math.abs(bot.correctionMs() ?? Number.NaN)).toBeLessThan(150);
  expect(await store.rows('select rate from clock')).toEqual([{ rate: 1 }]);
});

describe('a process that did not look for an hour', () => {
  test('because it was stopped while another lived: nothing changes', async () => {
    const [living, stopped] = [startProcess(), startProcess()];
    await living.begin(0);
    await stopped.begin(0);
    await tick(2, living, stopped);
    // Not each second of an hour: as a look that was late is.
    await pass(HOUR);
    await living.look();
    await stopped.look();
    expect([await domain(), stopped.jumps]).toEqual([HOUR + 2 * SECOND, []]);
  });

  test('because its machine was suspended while another lived: its clock, which stood still, decides nothing', async () => {
    const [living, suspended] = [startProcess(), startProcess()];
    await living.begin(0);
    await suspended.begin(0);
    await tick(2, living, suspended);
    await pass(HOUR);
    Object.assign(suspended.suspended, { awake: HOUR, up: HOUR });
    await living.look();
    await suspended.look();
    await tick(2, living, suspended);
    expect(await domain()).toBe(HOUR + 4 * SECOND);
  });

  test('because its machine was suspended, alone: the hour counts, by how long the machine has been up', async () => {
    const bot = startProcess();
    await bot.begin(0);
    await tick(2, bot);
    await pass(HOUR);
    Object.assign(bot.suspended, { awake: HOUR, up: 0 });
    await bot.look();
    expect([await domain(), bot.jumps]).toEqual([HOUR + 2 * SECOND, []]);
  });

  test('because it was stopped, alone: the first statement of what it was in the middle of sees the hour', async () => {
    const bot = startProcess();
    await bot.begin(0);
    await tick(2, bot);
    await pass(HOUR);
    const { rows } = await bot.db.query<{ now: Date }>('select rollout_now() as now');
    expect((rows[0]?.now.getTime() ?? 0) - BEGAN).toBe(HOUR + 2 * SECOND);
  });

  test('in which a jump was taken out by another that is gone by now: knows what time it is all the same', async () => {
    const [other, bot] = [startProcess(), startProcess()];
    await other.begin(0);
    await bot.begin(0);
    await tick(2, other, bot);
    await jump(HOUR);
    await tick(3, other);
    await pass(10 * MINUTE);
    await bot.look();
    expect(Math.abs((await domain()) - 10 * MINUTE - 5 * SECOND)).toBeLessThanOrEqual(3 * SECOND);
  });
});

describe('a process that begins', () => {
  const underWay = () =>
    store.db.query(`insert into rollouts (id, team_id, plan, run, note, plan_text, plan_hash, definition, channel_id, started_by, phase,
        stage_no, attempt, seq, head_hash, confirmed, wanted, state, next_wake_at, created_at)
      values (1, 'T', 'p', 1, '', '', '', '{}', 'C', 'x', 'baking', 1, 1, 1, '', 10, 10, '{}', now(), now());
      insert into target_locks values ('k', 1, now())`);

  test('believes the server about how long nobody lived', async () => {
    await underWay();
    const gone = startProcess();
    await gone.begin(0);
    await pass(HOUR);
    await startProcess().begin(0);
    expect(await domain()).toBe(HOUR);
  });

  test('takes nobody back in time, where the server’s clock was set back meanwhile', async () => {
    await underWay();
    const gone = startProcess();
    await gone.begin(0);
    await jump(-HOUR);
    await startProcess().begin(0);
    expect(await domain()).toBe(0);
  });

  test('begins with the server’s clock where nothing is under way', async () => {
    const gone = startProcess();
    await gone.begin(0);
    await jump(-HOUR);
    await startProcess().begin(0);
    expect(await domain()).toBe(-HOUR);
  });

  test('waits for one that lives, which knows that the clock jumped', async () => {
    await underWay();
    const [living, late] = [startProcess(), startProcess()];
    await living.begin(0);
    await jump(HOUR);
    const begun = late.begin(20 * SECOND);
    await living.look();
    await begun;
    expect(await domain()).toBeLessThanOrEqual(4 * SECOND);
  });
});

test('somebody who holds the clock keeps nobody from beginning, or from asking', async () => {
  const holder = await store.db.connect();
  try {
    await holder.query('begin; select from clock for update');
    const bot = startProcess();
    await bot.begin(0);
    expect((await bot.db.query('select rollout_now()')).rowCount).toBe(1);
    await holder.query('rollback');
    await pass(2 * SECOND);
    await bot.db.query('select 1');
    await bot.look();
    expect(bot.correctionMs()).toBe(0);
  } finally {
    holder.release();
  }
});

test('a look that fails leaves the last one standing, and statements go on', async () => {
  const bot = startProcess();
  await bot.begin(0);
  await tick(2, bot);
  await store.db.query('alter table clock rename to hidden');
  await pass(MINUTE);
  await expect(bot.look()).rejects.toThrow();
  expect((await bot.db.query('select 1')).rowCount).toBe(1);
  await store.db.query('alter table hidden rename to clock');
  await pass(2 * SECOND);
  await bot.look();
  expect(await domain()).toBe(MINUTE + 4 * SECOND);
});
