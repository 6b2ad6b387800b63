import { expect, test } from 'vitest';
import { TargetError } from '../../src/targets/target.js';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { PLAN } from '../support/scene-words.js';
import { baked, bakingAtTen, count, MINUTE, posts, readSlot, SECOND, stage, words } from './on-stage.js';

const DOWN = { unknown: 'timeout' } as const;

test('without data the clock stands still, the message says why, and people are told after three readings', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  await scene.pass(MINUTE, 10 * SECOND);
  scene.errors.set(DOWN);
  await scene.pass(20 * SECOND, 10 * SECOND);
  expect(posts(scene, 'alerts:')).toHaveLength(0);
  await scene.pass(10 * SECOND, 10 * SECOND);
  expect(readSlot(scene, 'alerts:')).toContain('*No data*: Error rate has no number');
  await scene.pass(20 * MINUTE, 30 * SECOND);
  expect(words(scene, scene.live())).toMatch(/Bake stands still: Error rate has had no data for 20/);
  expect(await scene.phase()).toBe('baking');
  expect(scene.target.exposure).toBe(10);
  const { rows } = await scene.db.query<{ observed_ms: number }>('select observed_ms from watches');
  expect(rows[0]?.observed_ms).toBe(MINUTE);
  expect(posts(scene, 'alerts:')).toHaveLength(1);
});

test.each(TARGETS)(
  'when data comes back the alert is closed in place and the bake goes on from where it stood; on %s',
  async (target) => {
    const scene = await stage({ plan: PLAN, target });
    await bakingAtTen(scene);
    await scene.pass(2 * MINUTE, 10 * SECOND);
    scene.errors.set(DOWN);
    await scene.pass(MINUTE, 10 * SECOND);
    const alert = posts(scene, 'alerts:')[0];
    scene.errors.set(0.4);
    await scene.pass(20 * SECOND, 10 * SECOND);
    expect(readSlot(scene, 'alerts:')).toContain('*Data again*: Error rate is 0.4 %');
    expect(posts(scene, 'alerts:')[0]?.ts).toBe(alert?.ts);
    await baked(scene);
    expect((await scene.rollout()).bake.observedMs).toBe(5 * MINUTE);
  },
);

test('a stage whose bake has passed is not raised while a check is unknown', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  await baked(scene);
  scene.latency.set(DOWN);
  await scene.pass(2 * MINUTE, 10 * SECOND);
  const { answer } = await scene.command(WHO.opal, 'advance');
  expect(answer).toContain('health_not_known');
  expect(await scene.phase()).toBe('ready');
  expect(await count(scene, 'approval_requested')).toBe(0);
  scene.latency.set(400);
  await scene.pass(2 * MINUTE, 10 * SECOND);
  await scene.command(WHO.opal, 'advance');
  expect(await scene.phase()).toBe('awaiting_approval');
});

test('numbers that are none are unknown too: they neither pass nor breach', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  scene.errors.set(Number.NaN);
  await scene.pass(10 * MINUTE, 10 * SECOND);
  expect(await scene.phase()).toBe('baking');
  expect(await count(scene, 'rollback_ordered')).toBe(0);
  expect((await scene.rollout()).health.verdicts['error-rate']).toBe('unknown');
});

test('a target that cannot be read stops the clock and is reported, as missing data is', async () => {
  const scene = await stage({ plan: PLAN });
  await bakingAtTen(scene);
  await scene.pass(MINUTE, 10 * SECOND);
  const gone = new TargetError('unreachable', 'flag table: connection refused', { retryable: true });
  for (let times = 0; times < 5; times += 1) scene.target.failNext(gone, 'read');
  await scene.pass(50 * SECOND, 10 * SECOND);
  expect(readSlot(scene, 'alerts:')).toContain('*No data*: the targets cannot be read');
  expect(words(scene, scene.live())).toContain('flag table: connection refused');
  expect(await count(scene, 'held')).toBe(0);
  await scene.pass(20 * SECOND, 10 * SECOND);
  expect(readSlot(scene, 'alerts:')).toContain('*Data again*: the targets can be read');
  await baked(scene);
});

test('a table that may not be read any more stops the clock and is reported, as missing data is', async () => {
  const scene = await stage({ plan: PLAN, target: 'postgres' });
  await bakingAtTen(scene);
  await scene.pass(MINUTE, 10 * SECOND);
  const { role = '', sql } = scene.table ?? {};
  await sql?.(`revoke select on feature_flags from ${role}`);
  await scene.pass(50 * SECOND, 10 * SECOND);
  expect(readSlot(scene, 'alerts:')).toContain('*No data*: the targets cannot be read');
  expect(words(scene, scene.live())).toContain('permission denied for table feature_flags');
  expect(await count(scene, 'held')).toBe(0);
  await sql?.(`grant select on feature_flags to ${role}`);
  await scene.pass(20 * SECOND, 10 * SECOND);
  expect(readSlot(scene, 'alerts:')).toContain('*Data again*: the targets can be read');
  await baked(scene);
});
