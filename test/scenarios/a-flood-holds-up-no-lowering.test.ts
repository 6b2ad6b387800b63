import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { AT_ONCE } from '../../src/commands/limit.js';
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

test('one person who asks without end is answered as much as a person asks, told why no more, and still rolls back', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  const type = (text: string) => scene.slack.command({ user: WHO.opal, channel: SHOP, text });
  const asked = 4 * AT_ONCE;
  await Promise.all(Array.from({ length: asked }, () => type('status')));
  const told = scene.slack.ephemerals(SHOP, WHO.opal).map((answer) => scene.read(answer));
  const refusals = told.filter((text) => /Too many requests/.test(text)).length;
  const answers = told.length - refusals;
  expect(answers).toBeLessThan(asked / 2);
  expect(refusals).toBeGreaterThan(0);
  // Said again only to somebody who was answered since.
  expect(refusals).toBeLessThanOrEqual(answers - AT_ONCE + 1);
  await type('rollback');
  await expect.poll(() => scene.target.exposure).toBe(0);
  await scene.settle();
});
