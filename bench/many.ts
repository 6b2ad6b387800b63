/** Many rollouts, and for long: what a tick, a command and a breach cost, and whether the bot keeps up. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningApp } from '../src/app.js';
import type { Flags } from './flags.js';
import { median, percentile, statements, ticking, type World } from './world.js';

export type Figures = Readonly<Record<string, number | string>>;

const round = (value: number): number => Math.round(value * 100) / 100;

/** What a tick costs when nothing is due, beside rollouts that ended. */
export async function idleTick(world: World, ended: number, { ticks = 8, statsMs = 2_500 } = {}): Promise<Figures> {
  const app = await world.start();
  const { id } = await world.baking(app, 'idle', '4h');
  await world.clone(id, ended, true);
  await world.db.query(`update watches set next_check_at = now() + interval '1 hour'`);
  const counts: number[] = [];
  const times: number[] = [];
  const buffers = async () =>
    Number(
      (
        await world.db.query<{ n: string }>(
          'select sum(coalesce(heap_blks_hit, 0) + coalesce(heap_blks_read, 0) + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0)) as n from pg_statio_user_tables',
        )
      ).rows[0]?.n,
    );
  for (let settled = 0; settled < 10; settled += 1) await app.tick();
  await delay(statsMs);
  const before = await buffers();
  for (let n = 0; n < ticks; n += 1) {
    const [sent, began] = [statements.count, performance.now()];
    await app.tick();
    times.push(performance.now() - began);
    counts.push(statements.count - sent);
    await delay(Math.min(statsMs, 1_050) - (performance.now() - began));
  }
  await delay(statsMs);
  const used = (await buffers()) - before;
  await world.stop();
  return {
    ended,
    statements: median(counts),
    ms: round(median(times)),
    'buffers a tick': Math.round(used / counts.length),
  };
}

export async function commands(world: World): Promise<Figures> {
  const app = await world.start();
  const { id } = await world.baking(app, 'asked', '4h');
  await app.tick();
  const figures: Record<string, number> = {};
  for (const text of [
    'advance asked',
    'status asked',
    'why asked',
    'list',
    'pause asked',
    'resume asked',
    'rollback asked',
  ]) {
    const counts: number[] = [];
    const again = /^(advance|status|why|list)/.test(text) ? 5 : 1;
    for (let n = 0; n < again; n += 1) {
      await delay(100);
      const sent = statements.count;
      await world.type(text);
      counts.push(statements.count - sent);
    }
    figures[text.replace(' asked', '')] = median(counts);
  }
  await world.db.query('select $1::int', [id]);
  await world.stop();
  return figures;
}

/** Waits until all that is to be said in Slack is said: it would be counted with what comes then. */
async function quiet(world: World, app: RunningApp): Promise<void> {
  for (let left = 50; left > 0; left -= 1) {
    const { rowCount } = await world.db.query(
      `select from effects where lane <> 'target' and state in ('pending', 'claimed')`,
    );
    if (rowCount === 0) return;
    await app.tick();
    await delay(200);
  }
}

/** How often one commit and one write of the target are measured after each breach. */
const AGAINST = 5;

/**
 * From a reading that breaks a limit until everybody can see that the flag is off, against what it cannot do without: one
 * commit, and one write of the target. All three are taken turn by turn, so that what else the machine does is in each.
 */
export async function breach(world: World, times: number): Promise<Figures> {
  const app = await world.start();
  const flags = await world.flags();
  const took: number[] = [];
  const counts: number[] = [];
  const commits: number[] = [];
  const writes: number[] = [];
  await world.db.query('create table if not exists floor (id int primary key, n int)');
  await world.db.query('insert into floor values (1, 0) on conflict do nothing');
  for (let n = 0; n < times; n += 1) {
    const { id, gauge } = await world.bakingFlag(app, `breach-${n}`);
    await quiet(world, app);
    gauge.set(50);
    await world.db.query('update watches set next_check_at = now() where rollout_id = $1', [id]);
    const off = flags.off(`breach-${n}`);
    const [sent, began] = [statements.count, performance.now()];
    const tick = app.tick();
    await off;
    took.push(performance.now() - began);
    counts.push(statements.count - sent);
    await tick;
    await quiet(world, app);
    for (let m = 0; m < AGAINST; m += 1) {
      commits.push(await timed(() => world.db.query('update floor set n = n + 1')));
      writes.push(await oneWrite(flags, `alone-${n}-${m}`));
    }
  }
  await world.stop();
  const [all, commit, write] = [median(took), median(commits), median(writes)];
  return {
    'ms to off': round(all),
    'statements to off': median(counts),
    'one commit ms': round(commit),
    'one write of the target ms': round(write),
    ratio: round(all / (commit + write)),
  };
}

/** A flag that is switched off by a target that has just been read, as a check reads it. */
async function oneWrite(flags: Flags, flag: string): Promise<number> {
  const patient = new AbortController().signal;
  await flags.add(flag, 50);
  const target = flags.target(flag);
  await target.read(patient);
  const off = flags.off(flag);
  const took = await timed(() => Promise.all([off, target.lower(0, patient)]));
  await target.close();
  return took;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** From the start of the process' work until `/readyz` says yes. */
export async function start(world: World, active: number): Promise<Figures> {
  const app = await world.start();
  const { id } = await world.baking(app, 'many', '4h');
  await world.stop();
  await world.clone(id, active);
  await world.db.query(`update watches set next_check_at = now() + interval '1 hour'`);
  const began = performance.now();
  try {
    const again = await world.start();
    const { status } = await fetch(`http://127.0.0.1:${again.port}/readyz`);
    const ms = performance.now() - began;
    await world.stop();
    return { active, 'ms to ready': Math.round(ms), status };
  } catch (error) {
    return { active, failed: error instanceof Error ? error.message : String(error) };
  }
}

/** Rollouts in the fast rhythm: are all of them read, and how old is the oldest reading? */
export async function checking(
  world: World,
  { active, seconds }: { active: number; seconds: number },
): Promise<Figures> {
  const app = await world.start();
  const { id } = await world.baking(app, 'watched', '10s');
  await world.clone(id, active - 1);
  world.errors.length = 0;
  const [sent, cpu] = [statements.count, process.cpuUsage()];
  const stop = ticking(app);
  const late: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await delay(1_000);
    if (second < 12) continue;
    const { rows } = await world.db.query<{ age: number }>(
      'select extract(epoch from max(now() - coalesce(last_check_at, raised_at)))::float8 as age from watches',
    );
    late.push(rows[0]?.age ?? 0);
  }
  const { user, system } = process.cpuUsage(cpu);
  const sentAll = statements.count - sent;
  await stop();
  const { rows } = await world.db.query<{ n: string; leased: string }>(
    `select (select count(distinct (rollout_id, due_at)) from measurements) as n, (select count(*) from watches where claimed_by is not null) as leased`,
  );
  const rounds = Number(rows[0]?.n);
  await world.stop();
  return {
    active,
    seconds,
    rounds,
    'rounds failed': world.errors.filter((line) => line.includes('round of checks')).length,
    'errors logged': world.errors.length,
    'left leased': Number(rows[0]?.leased),
    'oldest reading s, median': round(median(late)),
    'oldest reading s, worst': round(percentile(late, 1)),
    'statements per 100 rounds': Math.round((sentAll / rounds) * 100),
    'cpu %': Math.round((user + system) / 10_000 / seconds),
  };
}

/** Old measurements: do they go, and do reads notice? */
export async function retention(world: World, { rows, seconds }: { rows: number; seconds: number }): Promise<Figures> {
  const app = await world.start();
  const { id } = await world.baking(app, 'old', '4h');
  await world.stop();
  await world.clone(id, 100, true);
  await world.db.query(`update rollouts set ended_at = now() - interval '100 days' where phase = 'completed'`);
  await world.db.query(
    `insert into measurements (rollout_id, check_name, due_at, stage_no, attempt, value, verdict, took_ms)
     select r.id, 'errors', now() - interval '200 days' + n * interval '1 second', 1, 1, 0.3, 'pass', 3
     from (select id from rollouts where phase = 'completed') r, generate_series(1, $1::int) n`,
    [Math.ceil(rows / 100)],
  );
  await world.db.query('vacuum analyze measurements');
  const left = async () =>
    Number(
      (
        await world.db.query<{ n: string }>(
          "select count(*) as n from measurements where due_at < now() - interval '100 days'",
        )
      ).rows[0]?.n,
    );
  const read = async () => {
    const began = performance.now();
    await world.db.query('select r.*, w.* from rollouts r left join watches w on w.rollout_id = r.id where r.id = $1', [
      id,
    ]);
    return performance.now() - began;
  };
  const quiet: number[] = [];
  for (let n = 0; n < 200; n += 1) quiet.push(await read());
  const before = await left();
  const slices = statements.slices;
  const again = await world.start();
  const stop = ticking(again);
  const began = performance.now();
  const during: number[] = [];
  let gone = false;
  while (!gone && performance.now() - began < seconds * 1_000) {
    for (let n = 0; n < 100; n += 1) {
      during.push(await read());
      await delay(20);
    }
    const { rowCount } = await world.db.query(
      `select from measurements where due_at < now() - interval '100 days' limit 1`,
    );
    gone = rowCount === 0;
  }
  const took = performance.now() - began;
  await stop();
  const removed = before - (await left());
  await world.stop();
  return {
    rows: before,
    removed,
    seconds: Math.round(took / 1_000),
    slices: statements.slices - slices,
    'read ms p50 / p99 before': `${round(median(quiet))} / ${round(percentile(quiet, 0.99))}`,
    'read ms p50 / p99 meanwhile': `${round(median(during))} / ${round(percentile(during, 0.99))}`,
  };
}
