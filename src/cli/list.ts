import { plainExposure } from '../rollout/exposure.js';
import { rolloutName } from '../rollout/rollout.js';
import { activeRollouts } from '../store/rollouts.js';
import { print } from './terminal.js';
import { withStore } from './with-store.js';

/** `rollout list`: every rollout under way. */
export function list(): Promise<number> {
  return withStore(async ({ db }) => {
    const found = await activeRollouts(db);
    for (const { rollout } of found)
      print(`${rolloutName(rollout)}  ${rollout.phase}  ${plainExposure(rollout.plan, rollout.confirmed)}`);
    if (found.length === 0) print('No rollout is under way.');
    return 0;
  });
}
