/** Which checks are not simply fine although their verdict is pass. */
import type { Watch } from '../health/assess.js';
import { isFeared } from '../health/streak.js';
import type { Rollout } from '../state/rollout.js';

/** The checks with numbers beyond a limit that does not count yet: now by the watch, for long by the open alert. */
export function inDoubt(
  { plan, alerts: { episodes } }: Pick<Rollout, 'plan' | 'alerts'>,
  watch: Pick<Watch, 'streaks'> | null,
): string[] {
  return plan.checks.flatMap(({ name }) => {
    const episode = Object.hasOwn(episodes, name) ? episodes[name] : undefined;
    const told = episode?.open === true && episode.kind === 'feared';
    const streak = watch && Object.hasOwn(watch.streaks, name) ? watch.streaks[name] : undefined;
    return told || isFeared(streak) ? [name] : [];
  });
}
