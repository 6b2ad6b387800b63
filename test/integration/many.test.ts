/** Many rollouts, smaller than in `npm run bench`: what a tick and a command ask, and whether the bot keeps up. */
import { expect, onTestFinished, test } from 'vitest';
import { breach, checking, commands, idleTick, retention, start } from '../../bench/many.js';
import { openWorld } from '../../bench/world.js';
import { createDatabase } from '../support/database.js';

async function world() {
  const database = await createDatabase();
  const opened = await openWorld(database.url);
  onTestFinished(async () => {
    await opened.close();
    await database.drop();
  });
  return opened;
}

test('a tick with nothing due is two statements, however many rollouts ended', async () => {
  const figures = await idleTick(await world(), 500, { ticks: 5, statsMs: 0 });
  expect(figures.statements).toBeLessThanOrEqual(2);
});

test('a command asks for what it needs once', async () => {
  const figures = await commands(await world());
  expect(figures.advance).toBeLessThanOrEqual(6);
  expect(figures.status).toBeLessThanOrEqual(5);
});

test('from a reading over its limit to off the bot asks for the clock, what is due, the claim and the decision, and little beside', async () => {
  const figures = await breach(await world(), 5);
  expect(figures['statements to off']).toBeLessThanOrEqual(7);
});

test('the bot is ready at once beside 2,000 rollouts', async () => {
  expect(await start(await world(), 2_000)).toMatchObject({ status: 200 });
});

test('600 rollouts in the fast rhythm are all read, none fails, and results are written together', async () => {
  const figures = await checking(await world(), { active: 600, seconds: 13 });
  expect(figures).toMatchObject({ 'rounds failed': 0, 'errors logged': 0, 'left leased': 0 });
  expect(figures.rounds).toBeGreaterThanOrEqual(600);
  expect(figures['statements per 100 rounds']).toBeLessThan(40);
});

test('a result that the database refuses holds no other up', async () => {
  const bench = await world();
  const app = await bench.start();
  const { id } = await bench.baking(app, 'refused', '4h');
  await bench.clone(id, 30);
  await bench.db.query(
    `delete from measurements; alter table measurements add constraint refused check (rollout_id <> ${id})`,
  );
  await bench.db.query('update watches set next_check_at = now()');
  bench.errors.length = 0;
  await app.tick();
  const { rows } = await bench.db.query(
    'select count(distinct rollout_id)::int as written, (select count(*)::int from watches where claimed_by is not null) as leased from measurements',
  );
  expect(rows).toEqual([{ written: 30, leased: 0 }]);
  expect(bench.errors.filter((line) => line.includes('results of checks not written'))).toHaveLength(1);
});

test('old measurements go away', async () => {
  expect(await retention(await world(), { rows: 20_000, seconds: 30 })).toMatchObject({ removed: 20_000 });
});
