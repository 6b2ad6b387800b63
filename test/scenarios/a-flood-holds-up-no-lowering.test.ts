import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { type Scene, SHOP, WHO } from '../support/scene.js';
import { bakingAtTen, moveClock, SECOND, stage } from './on-stage.js';

/** Reads that do not end, asked again and again: more of them than a process has connections. */
async function flood(scene: Scene): Promise<() => Promise<void>> {
  const holder = new pg.Client({ connectionString: scene.config.databaseUrl });
  await holder.connect();
  await holder.query('begin');
  await holder.query('lock table alerts in access exclusive mode');
  let over = false;
  const asking = Array.from({ length: 24 }, async () => {
    while (!over) await scene.slack.command({ user: WHO.opal, channel: SHOP, text: 'alerts' });
  });
  const end = async (): Promise<void> => {
    over = true;
    await holder.end();
    await Promise.all(asking);
  };
  onTestFinished(end);
  await expect
    .poll(async () => {
      const { rows } = await scene.db.query<{ n: number }>(
        `select count(*)::int as n from pg_locks where relation = 'alerts'::regclass and not granted`,
      );
      return rows[0]?.n;
    })
    .toBeGreaterThanOrEqual(6);
  return end;
}

test('a breach is off while people ask for more than the database answers', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  const end = await flood(scene);
  scene.errors.set(50);
  for (let left = 30; left > 0 && scene.target.exposure > 0; left -= 1) {
    await moveClock(scene, 10 * SECOND);
    await scene.app.tick();
  }
  expect(scene.target.exposure).toBe(0);
  await end();
  await scene.settle();
});

test('so is what somebody rolls back then', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  const end = await flood(scene);
  await scene.slack.command({ user: WHO.oscar, channel: SHOP, text: 'rollback' });
  await expect.poll(() => scene.target.exposure).toBe(0);
  await end();
  await scene.settle();
});
