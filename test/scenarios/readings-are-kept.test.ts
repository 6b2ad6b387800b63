/** Readings are written after what they decided. A write that fails is tried again; a rollback does not wait for it. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Scene, SceneOptions } from '../support/scene.js';
import { bakingAtTen, breach, MINUTE, moveClock, posts, SECOND, stage } from './on-stage.js';

/** A statement that writes readings ends as one does that takes too long, as often as `refuse` says. */
const REFUSING = `
  create sequence refusals increment -1 minvalue -1000000 maxvalue 1000000 start -1;
  create function refuse() returns trigger language plpgsql as $$ begin
    if nextval('refusals') >= 0 then raise 'canceling statement due to statement timeout' using errcode = '57014'; end if;
    return null;
  end $$;
  create trigger refuse before insert on measurements for each statement execute function refuse()`;

async function refuse(scene: Scene, times: number): Promise<void> {
  await scene.db.query(`select setval('refusals', $1)`, [times]);
}

/** 10 % of users have it, and a database that can refuse readings. */
async function watched(options: Partial<SceneOptions> = {}): Promise<Scene> {
  const scene = await stage(options);
  await scene.db.query(REFUSING);
  await bakingAtTen(scene);
  return scene;
}

/** Refuses, so often, what is written right after the next decision that checks make. */
function refusedAfterDecision(times: number): Pick<SceneOptions, 'onCrashPoint'> & { arm(scene: Scene): void } {
  let armed: Scene | undefined;
  return {
    arm(scene) {
      armed = scene;
    },
    async onCrashPoint(step) {
      if (step !== 'FP12' || !armed) return;
      await refuse(armed, times);
      armed = undefined;
    },
  };
}

/** The readings of each round, oldest first. */
async function rounds(scene: Scene): Promise<{ at: Date; values: (number | null)[] }[]> {
  const { rows } = await scene.db.query<{ at: Date; values: (number | null)[] }>(
    `select due_at as at, array_agg(value order by check_name) as values from measurements group by due_at order by due_at`,
  );
  return rows;
}

test('readings behind a rollback are kept when writing them fails once', async () => {
  const trouble = refusedAfterDecision(1);
  const scene = await watched(trouble);
  trouble.arm(scene);
  await breach(scene);
  const over = (await rounds(scene)).filter(({ values }) => values.includes(12));
  expect(over.map(({ values }) => values)).toEqual([
    [12, 412],
    [12, 412],
  ]);
});

test('nobody waits for them on the way down, and they are written when that works again', async () => {
  const trouble = refusedAfterDecision(1_000);
  const scene = await watched({ ...trouble, everyStep: true });
  scene.errors.set(12);
  await scene.pass(10 * SECOND, 10 * SECOND);
  trouble.arm(scene);
  await moveClock(scene, 10 * SECOND);
  const before = await rounds(scene);
  const tick = scene.app.tick();
  await expect.poll(() => posts(scene, 'incident:').length).toBe(1);
  expect(scene.target.exposure).toBe(0);
  expect(await rounds(scene)).toEqual(before);
  await refuse(scene, -1);
  await tick;
  expect((await rounds(scene)).slice(before.length).map(({ values }) => values)).toEqual([[12, 412]]);
});

test('readings that the database refuses keep nothing from being rolled back, and are in the log', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'error', base: null }, { write: (line) => void lines.push(JSON.parse(line)) });
  const scene = await watched({ log });
  await scene.db.query('alter table measurements add constraint refused check (value <> 12) not valid');
  await breach(scene);
  expect(scene.target.exposure).toBe(0);
  expect(lines.filter(({ msg }) => String(msg).startsWith('readings behind a decision'))).toMatchObject([
    { readings: [{ check: 'error-rate', value: 12, verdict: 'critical' }, { check: 'latency' }] },
  ]);
});

test('a quiet round whose result is not written at once keeps its time, and those after it theirs', async () => {
  const scene = await watched();
  await scene.pass(MINUTE, 5 * SECOND);
  const before = (await rounds(scene)).length;
  await refuse(scene, 1);
  await scene.pass(MINUTE, 5 * SECOND);
  const after = (await rounds(scene)).slice(before - 1).map(({ at }) => at.getTime());
  const apart = after.slice(1).map((at, i) => at - (after[i] ?? 0));
  expect(new Set(apart).size, String(apart)).toBe(1);
});

test('a bot that is stopped tries once more before it ends', async () => {
  const trouble = refusedAfterDecision(1_000);
  const scene = await watched({ ...trouble, everyStep: true });
  scene.errors.set(12);
  await scene.pass(10 * SECOND, 10 * SECOND);
  trouble.arm(scene);
  await moveClock(scene, 10 * SECOND);
  const before = await rounds(scene);
  const tick = scene.app.tick();
  const thrice = async () => {
    const { rows } = await scene.db.query('select from refusals where last_value between 0 and 997');
    return rows.length > 0;
  };
  // The pause after the third is longer than a bot that ends waits for its work.
  await expect.poll(thrice).toBe(true);
  await refuse(scene, -1);
  await scene.stop();
  expect((await rounds(scene)).slice(before.length).map(({ values }) => values)).toEqual([[12, 412]]);
  await tick;
});
