/** Which checks are not simply fine although their verdict is pass. */
import type { Watch } from './health.js';
import type { Rollout } from './rollout.js';
import { isFeared } from './streak.js';

/** The checks with numbers beyond a limit that does not count yet: now by the watch, for long by the open alert. */
export function inDoubt(
  { plan, episodes }: Pick<Rollout, 'plan' | 'episodes'>,
  watch: Pick<Watch, 'streaks'> | null,
): string[] {
  return plan.checks.flatMap(({ name }) => {
    const episode = Object.hasOwn(episodes, name) ? episodes[name] : undefined;
    const told = episode?.open === true && episode.kind === 'feared';
    const streak = watch && Object.hasOwn(watch.streaks, name) ? watch.streaks[name] : undefined;
    return told || isFeared(streak) ? [name] : [];
  });
}
