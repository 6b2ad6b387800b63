/** The end of a rollout that went all its way: the last bake has passed, and what is to be done to leave the last stage is done. */
import { BOT } from '../plan/actor.js';
import { isListMet, listsInTheWay } from '../state/lists.js';
import type { Rollout } from '../state/rollout.js';
import { endAlerts } from './alerts.js';
import { Draft } from './draft.js';

/** Completes it where nothing is left to wait for. Nobody looks any more then, so every check has to be known and not critical. */
export function completeIfDone(draft: Draft): void {
  const { state } = draft;
  if (state.phase !== 'ready' || !isAtItsEnd(state) || !listsInTheWay(state).every(isListMet)) return;
  const verdicts = state.plan.checks.map(({ name }) => state.health.verdicts[name] ?? 'unknown');
  if (verdicts.some((verdict) => verdict === 'unknown' || verdict === 'critical')) return;
  const last = state.bake.last;
  if (!last) return;
  const ended = new Draft(state, BOT, draft.now);
  endAlerts(ended);
  ended.add({ type: 'completed' });
  const { stageNo, observedMs, issues, numbers } = last;
  const wallMs = draft.now.getTime() - state.createdAt.getTime();
  ended.show('completed', {
    template: 'completed',
    wallMs,
    stageNo,
    observedMs,
    issues,
    numbers,
    unwatched: null,
  });
  draft.take(ended);
}

/** The last stage has baked, and no other is to come. */
function isAtItsEnd({ plan, stage, bake }: Rollout): boolean {
  return (
    stage.no === plan.stages.length &&
    bake.done &&
    bake.last?.stageNo === stage.no &&
    bake.last.attempt === stage.attempt
  );
}
