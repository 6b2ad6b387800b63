import { expect, test } from 'vitest';
import type { CrashPoint } from '../../src/crash-points.js';
import { type Scene, WHO } from '../support/scene.js';
import { PLAN } from '../support/scene-words.js';
import { bakingAtTen, count, MINUTE, SECOND, slotOf, stage, told, waitingForHalf } from './on-stage.js';

/** Once, at this step, the database says that somebody else has taken over. */
function takenOverAt(
  step: CrashPoint,
  sql: string,
): { onCrashPoint: (at: CrashPoint) => Promise<void>; arm(scene: Scene): void } {
  let armed: Scene | undefined;
  return {
    arm(scene) {
      armed = scene;
    },
    async onCrashPoint(at) {
      const scene = armed;
      if (at !== step || !scene) return;
      armed = undefined;
      await scene.db.query(sql);
    },
  };
}

const EFFECT = `update effects set fence = fence + 1, claimed_by = 'somebody else', lease_until = now() - interval '1 second'
  where state = 'claimed' and kind = $kind`;

test('a raise that was taken over while it was being done is confirmed once and not done twice', async () => {
  const zombie = takenOverAt('FP08', EFFECT.replace('$kind', `'raise'`));
  const scene = await stage({ plan: PLAN, onCrashPoint: zombie.onCrashPoint });
  await waitingForHalf(scene);
  zombie.arm(scene);
  await scene.click(WHO.lea, 'rollout_approve');
  await scene.pass(5 * SECOND);
  expect(told(scene)).toEqual([10, 50]);
  expect(await count(scene, 'exposure_confirmed')).toBe(2);
  expect(await scene.phase()).toBe('baking');
});

test('a round of checks that was taken over counts its time once', async () => {
  const zombie = takenOverAt(
    'FP10',
    'update watches set fence = fence + 1, claimed_by = null, lease_until = null where claimed_by is not null',
  );
  const scene = await stage({ plan: PLAN, onCrashPoint: zombie.onCrashPoint });
  await bakingAtTen(scene);
  await scene.pass(MINUTE, 10 * SECOND);
  zombie.arm(scene);
  await scene.pass(MINUTE, 10 * SECOND);
  const { rows } = await scene.db.query<{ observed_ms: number }>('select observed_ms from watches');
  expect(rows[0]?.observed_ms).toBe(2 * MINUTE);
});

test('a message that was taken over while it was being posted is not posted twice', async () => {
  const zombie = takenOverAt('FP14', EFFECT.replace('$kind', `'show'`));
  const scene = await stage({ plan: PLAN, onCrashPoint: zombie.onCrashPoint });
  zombie.arm(scene);
  await scene.command(WHO.opal, 'start new-checkout');
  await scene.pass(30 * SECOND, 5 * SECOND);
  expect(scene.posts().map(slotOf)).toEqual(['live', 'start:1:1']);
});
