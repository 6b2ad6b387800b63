import { expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { count, MINUTE, posts, raiseHangs, readSlot, SECOND, stage, told, waitingForHalf } from './on-stage.js';

/** Whoever waits for a row of the flag table's database. */
const WAITS = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

function fail(): never {
  throw new Error('there is nothing to go on with');
}

test('the lowering goes out at once while the raise still hangs, and the raise is broken off', async () => {
  const scene = await stage();
  await raiseHangs(scene);
  await scene.command(WHO.opal, 'rollback to off something is wrong');
  expect(await scene.phase()).toBe('rolled_back');
  // Once more, when the raise that was broken off has ended: it may have gone out.
  expect(told(scene)).toEqual([10, 50, 0, 0]);
  expect(scene.target.exposure).toBe(0);
  const { rows } = await scene.db.query(`select kind, state from effects where kind in ('raise', 'lower') order by id`);
  expect(rows).toEqual([
    { kind: 'raise', state: 'done' },
    { kind: 'raise', state: 'superseded' },
    // Both went out. Where the second is ordered before the end of the first is on record, it takes its place.
    { kind: 'lower', state: expect.stringMatching(/^(?:done|superseded)$/) },
    { kind: 'lower', state: 'done' },
  ]);
  await scene.pass(12 * MINUTE, MINUTE);
  expect(await count(scene, 'exposure_confirmed')).toBe(1);
  expect(await scene.phase()).toBe('rolled_back');
});

test('a raise that waits for a row that somebody holds never goes out once it is rolled back; the lowering does when the row is free', async () => {
  const scene = await stage({ target: 'postgres' });
  await waitingForHalf(scene);
  await scene.restart();
  const { session, sql } = scene.table ?? fail();
  const holder = await session();
  await holder.query('begin');
  await holder.query('select * from feature_flags for update');
  const card = posts(scene, 'request:')[0] ?? fail();
  await scene.slack.click({ user: WHO.lea, channel: card.channel, ts: card.ts, actionId: 'rollout_approve' });
  await expect.poll(() => sql(WAITS)).toHaveLength(1);
  expect(await scene.phase()).toBe('applying');
  await scene.command(WHO.opal, 'rollback to off something is wrong');
  expect(await scene.phase()).toBe('rolling_back');
  expect(scene.target.exposure).toBe(10);
  await holder.query('commit');
  await scene.passUntil('it is off', async () => (await scene.phase()) === 'rolled_back', { stepMs: SECOND });
  await scene.pass(MINUTE, 10 * SECOND);
  expect(scene.target.exposure).toBe(0);
  expect(told(scene)).not.toContain(50);
  expect(await count(scene, 'exposure_confirmed')).toBe(1);
});

test('users may have had the raise, so the incident counts from it', async () => {
  const scene = await stage();
  await raiseHangs(scene);
  await scene.command(WHO.opal, 'rollback');
  await scene.pass(3 * SECOND);
  expect(readSlot(scene, 'incident:')).toContain('from 50 % to 0 %');
});

test('a pause calls a hanging raise back to where users were', async () => {
  const scene = await stage();
  await raiseHangs(scene);
  await scene.command(WHO.opal, 'pause wait');
  expect(await scene.phase()).toBe('held');
  scene.target.applyLate();
  expect(scene.target.exposure).toBe(50);
  await scene.pass(60 * SECOND, 5 * SECOND);
  expect(scene.target.exposure).toBe(10);
  expect(await scene.phase()).toBe('held');
});

test('a raise that the target applies 8 s late, after off, still ends at zero, and people are told', async () => {
  const scene = await stage();
  await raiseHangs(scene);
  await scene.command(WHO.opal, 'rollback');
  expect(scene.target.exposure).toBe(0);
  await scene.pass(8 * SECOND);
  scene.target.applyLate();
  expect(scene.target.exposure).toBe(50);
  await scene.pass(60 * SECOND, 10 * SECOND);
  expect(scene.target.exposure).toBe(0);
  expect(await count(scene, 'late_raise_seen')).toBe(1);
  expect(posts(scene, 'alerts:')).toHaveLength(1);
  expect((await scene.rollout()).exposure.settled).toBe(false);
  expect(readSlot(scene, 'incident:')).toMatch(/being read again until .*, because a raise was under way/);
  await scene.pass(11 * MINUTE, MINUTE);
  expect((await scene.rollout()).exposure.settled).toBe(true);
  expect(readSlot(scene, 'incident:')).toContain('safe, users are back where they were');
});

test('after a rollback the target is read again after 1, 5 and 30 s', async () => {
  const scene = await stage();
  await raiseHangs(scene);
  await scene.command(WHO.opal, 'rollback');
  const reads = () => scene.target.calls.filter((call) => call.operation === 'read').length;
  const at: number[] = [];
  for (let second = 1; second <= 40; second += 1) {
    const before = reads();
    await scene.pass(SECOND);
    if (reads() > before) at.push(second);
  }
  expect(at).toEqual([1, 5, 30]);
});
