import type { Watch } from '../../../rollout/health/assess.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { nextStage } from '../../../rollout/state/rollout.js';
import { checksNow, healthNow, isFine } from './checks.js';
import { stageWithQuorum } from './stages.js';

/** How a stage whose plan says `advance: auto` goes on. Null: a person asks, as ever. */
type Auto = { readonly by: 'itself' } | { readonly by: 'nobody'; readonly spent: boolean; readonly health: string };

function autoOf(rollout: Rollout, watch: Watch | null): Auto | null {
  if (rollout.plan.stages[rollout.stage.no - 1]?.advance !== 'auto' || !nextStage(rollout)) return null;
  const checks = checksNow(rollout, watch);
  const spent = rollout.stage.autoSpent;
  if (!spent && checks.every(isFine)) return { by: 'itself' };
  return { by: 'nobody', spent, health: healthNow(checks) };
}

/** `100 % Everyone, needs engineering-lead, asked for by itself`: the live message's Next. */
export function nextWords(rollout: Rollout, watch: Watch | null): string {
  const next = nextStage(rollout);
  if (!next) return '';
  const auto = autoOf(rollout, watch);
  const baking = rollout.phase === 'baking';
  const words = stageWithQuorum(next);
  if (!auto || (rollout.phase !== 'ready' && !baking)) return words;
  const itself = `${next.approve ? 'asked for by itself' : 'by itself'}${baking ? ' after this bake' : ''}`;
  if (auto.by === 'itself') return `${words}, ${itself}`;
  if (auto.spent) return `${words}, not by itself any more`;
  return baking ? `${words}, ${itself} if all checks are fine` : `${words}, not by itself: ${auto.health}`;
}

/** What follows a passed bake once it was asked for or ordered: `asked for by itself`, `going there now`. */
export function underWayWords({ request, raise }: Rollout): string {
  if (request) return `asked for${request.auto ? ' by itself' : ''}`;
  if (!raise) return '';
  return raise.auto ? 'goes on by itself' : 'going there now';
}

/** Whether it goes on by itself now that the bake is done, and why not where it does not; '' where a person asks. */
export function goesOnWords(rollout: Rollout, watch: Watch | null): string {
  const auto = autoOf(rollout, watch);
  if (!auto) return '';
  if (auto.by === 'itself') return 'It goes on by itself.';
  return auto.spent
    ? 'It does not go on by itself any more: that was used, or somebody decided otherwise, in this stage.'
    : `It does not go on by itself: ${auto.health}.`;
}
