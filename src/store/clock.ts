import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { type Db, NO_WAIT_FOR_DISK, type Statement } from './connect.js';
import { elapsedMs, type Moment, thisMoment } from './elapsed.js';

/** What the database's clock did that time did not. */
export interface Jump {
  /** How far it jumped, ms; negative: back. */
  readonly jumpedMs: number;
  /** Steady time minus the database's clock from now on, ms. It shrinks by 2 % of the time that passes. */
  readonly correctionMs: number;
}

/**
 * Keeps `steady_now()` going at the pace of time. The database reckons it from the last look of any process, and no
 * further than 3 s beyond that (migration 006): so nothing that is asked between a jump and the next look sees the jump.
 */
export interface Clock {
  /** The database; a statement that comes long after the last look has the clock looked at before it. */
  readonly db: Db;
  /** The same over other connections to the same database. */
  over(connections: Db): Db;
  /** The first look; rejects where the database does not answer. `patienceMs`: how long others that may live are waited for where the clock is far from where it was. */
  begin(patienceMs: number): Promise<void>;
  /** One statement. Rejects as the database does; then the last look stands. */
  look(): Promise<void>;
  /** Steady time minus the database's clock at the last look, ms; null before the first. */
  correctionMs(): number | null;
}

export interface ClockOptions {
  readonly db: Db;
  /** This process's own clock. */
  readonly moment?: () => Moment;
  /** The database's clock jumped, as this process sees it. Each that sees it says so; it is corrected once. */
  readonly onJump?: (jump: Jump) => void;
}

/** Within this of where it should be, the database's clock is right: statements wait, and clocks drift. */
const JUMP_MS = 2_000;
/** A statement after this has the clock looked at first. Longer than a tick, which looks anyway, and less than the 3 s. */
const LOOK_AFTER_MS = 1_500;
/** A failed look is not tried again sooner: where the database is away, statements say so themselves. */
const TRY_AGAIN_MS = 1_000;
/** A statement waits for the look before it no longer: a lowering comes before the right time. */
const LOOK_WITHIN_MS = 500;
/** Less is what a restart takes; whoever begins then waits for nobody. */
const LONG_AGO = `interval '1 minute'`;
const WAIT_MS = 250;

const SINCE = '(server_now() - clock.server_at)';
/** The look before is recent by the server's clock: it is believed. */
const BELIEVED = `${SINCE} between interval '-1 second' and interval '3 seconds'`;
/** With nothing under way no time has to go on, and a correction that is left from earlier would only mislead people. */
const NOTHING_UNDER_WAY = `not exists (select from target_locks) and not exists (select from effects where state in ('pending', 'claimed'))`;

/**
 * Steady time now. $1: what it is by the clock of the process that looks, from its look before; null for one that has just
 * begun and has to believe the server.
 */
const NEXT = `(case
  when clock.server_at is null then server_now()
  when ${BELIEVED} then steady_after(clock.server_at, clock.steady_at, clock.rate, server_now())
  when $1::float8 is null and ${NOTHING_UNDER_WAY} then server_now()
  when $1::float8 is null then clock.steady_at + greatest(${SINCE}, interval '0')
  else greatest(steady_after(clock.server_at, clock.steady_at, clock.rate, server_now()), to_timestamp($1 / 1000))
end)`;

/** Replicas look one after another, each at what the one before left: a jump that one of them took out is none for the next. */
const LOOK = `
with looked as (
  update clock set server_at = server_now(), steady_at = ${NEXT},
    rate = case when abs(extract(epoch from ${NEXT} - server_now())) < 0.1 then 1 when ${NEXT} > server_now() then 0.98 else 1.02 end
  where clock.server_at is null or ${SINCE} not between interval '-1 second' and interval '100 milliseconds'
  returning server_at, steady_at)
select (extract(epoch from coalesce(l.server_at, server_now())) * 1000)::float8 as server,
  (extract(epoch from coalesce(l.steady_at, steady_now())) * 1000)::float8 as steady, ${NO_WAIT_FOR_DISK}
from (values (1)) as one left join looked l on true`;

const FAR_OFF = `select server_at::text as server_at from clock
  where ${SINCE} not between interval '-1 second' and ${LONG_AGO}`;

/** What a look found, ms since 1970, and when it was asked by this process's clock. */
interface Look {
  readonly server: number;
  readonly steady: number;
  readonly asked: Moment;
}

export function createClock({ db, moment = thisMoment, onJump }: ClockOptions): Clock {
  let last: Look | undefined;
  let triedAt: Moment | undefined;
  let looking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    const asked = moment();
    triedAt = asked;
    const before = last;
    const passed = before ? elapsedMs(before.asked, asked) : 0;
    const expected = before ? before.steady + passed : null;
    const { rows } = await db.query<{ server: number; steady: number }>({ name: 'look at the clock', text: LOOK }, [
      expected,
    ]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    last = { server: row.server, steady: row.steady, asked };
    const jumpedMs = before ? row.server - before.server - passed : 0;
    if (Math.abs(jumpedMs) > JUMP_MS) onJump?.({ jumpedMs, correctionMs: row.steady - row.server });
  }

  function look(): Promise<void> {
    looking ??= ask().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  function isDue(): boolean {
    const now = moment();
    if (triedAt && elapsedMs(triedAt, now) < TRY_AGAIN_MS) return false;
    return !last || elapsedMs(last.asked, now) > LOOK_AFTER_MS;
  }

  function over(connections: Db): Db {
    return {
      async query<R extends pg.QueryResultRow>(statement: Statement, values?: unknown[]) {
        // A process that was stopped for a while goes on in the middle of something: with time as it is, not as it was.
        if (isDue())
          await Promise.race([look().catch(() => undefined), delay(LOOK_WITHIN_MS, undefined, { ref: false })]);
        return connections.query<R>(statement, values);
      },
    };
  }

  return {
    db: over(db),
    over,
    async begin(patienceMs) {
      const found = async () => (await db.query<{ server_at: string }>(FAR_OFF)).rows[0]?.server_at;
      const first = await found();
      // Nobody looked for long, or the clock jumped a moment ago and those that live, who can tell, were not back yet.
      for (let waited = 0; first !== undefined && waited < patienceMs; waited += WAIT_MS) {
        await delay(WAIT_MS);
        if ((await found()) !== first) break;
      }
      // One that fails is tried again before the next statement. Somebody who holds the row keeps nobody from rolling back.
      await look().catch(() => undefined);
    },
    look,
    correctionMs: () => (last ? last.steady - last.server : null),
  };
}
