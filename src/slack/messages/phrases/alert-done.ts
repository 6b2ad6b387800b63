/** What the bot did about an alert, and what it did not: told from the state as it is when the post is drawn. */
import type { Watch } from '../../../rollout/health.js';
import { bakingSince, type Episode, type Rollout } from '../../../rollout/rollout.js';
import { exposureWords } from './exposure.js';
import { splitReason } from './reasons.js';
import { phaseWord } from './stages.js';

/** One or two sentences. */
export function doneWords(rollout: Rollout, watch: Watch | null, { subject, kind, detail }: Episode): string {
  switch (kind) {
    case 'warning':
      return heldBy(rollout, subject) ?? unchanged(rollout, watch, 'warning');
    case 'critical':
      return heldBy(rollout, subject) ?? criticalDone(rollout, watch, subject);
    case 'feared':
      return fearedDone(rollout);
    case 'no_data':
      return noDataDone(rollout, watch);
    case 'drift':
      return driftDone(rollout, splitReason(detail).reason === 'drift_down');
    case 'raise_failed':
      return raiseFailedDone(rollout);
    default:
      return kind satisfies never;
  }
}

const GOES_ON = 'Nothing was changed; the bake goes on.';

/** Of several alerts, each thing once. What stops the bake for one of them stops it for all. */
export function doneOfAll(rollout: Rollout, watch: Watch | null, episodes: readonly Episode[]): string[] {
  const all = [...new Set(episodes.map((episode) => doneWords(rollout, watch, episode)))];
  const stands = all.some((words) => words.includes('stands still') || words.includes('counts only'));
  return stands ? all.filter((words) => words !== GOES_ON) : all;
}

/** A limit of this check asks to hold, and the rollout is held. */
function heldBy(rollout: Rollout, subject: string): string | null {
  const held = rollout.phase === 'held' && rollout.holds?.includes(subject);
  return held ? `The rollout is held; ${usersKeep(rollout)}. This limit does not roll it back.` : null;
}

/** A critical limit that rolls nothing back: the criterion to go on, or one whose hold somebody went on from. */
function criticalDone(rollout: Rollout, watch: Watch | null, subject: string): string {
  if (rollout.holds?.includes(subject))
    return 'Somebody went on all the same. It holds again once it was well in between.';
  return `${unchanged(rollout, watch, 'critical')} No stage can be raised meanwhile.`;
}

/** A number is beyond a critical limit that does not count as broken yet. */
function fearedDone(rollout: Rollout): string {
  if (rollout.phase === 'rolling_back') return 'A rollback is under way.';
  if (bakingSince(rollout))
    return 'Nothing was changed; the bake counts only time between two numbers within their critical limits.';
  return `Nothing was changed.${mayStillRise(rollout) ? ' No stage is raised while a number is beyond a critical limit.' : ''}`;
}

function noDataDone(rollout: Rollout, watch: Watch | null): string {
  if (rollout.phase === 'held' && rollout.held?.cause === 'no_data')
    return `The rollout is held; ${usersKeep(rollout)}.`;
  const raises = bakingSince(rollout)
    ? ''
    : mayStillRise(rollout)
      ? ' No stage can be raised until there is data again.'
      : '';
  return `${unchanged(rollout, watch, 'no_data')}${raises}`;
}

/** What became of the bake with it. */
function unchanged(rollout: Rollout, watch: Watch | null, why: 'warning' | 'critical' | 'no_data'): string {
  if (rollout.phase === 'rolling_back') return 'A rollback is under way.';
  if (!bakingSince(rollout)) return 'Nothing was changed.';
  const stage = rollout.plan.stages[rollout.stageNo - 1];
  const restarts = stage?.restartsOn?.includes(why === 'no_data' ? 'no_data' : 'warning') ?? false;
  // Only a number that may pass is counted.
  const stands = why !== 'warning' || (watch?.stopped ?? null) !== null;
  const until = why === 'no_data' ? 'until there is data again' : 'meanwhile';
  if (stands && restarts) return `Nothing else was changed; the bake starts over and stands still ${until}.`;
  if (restarts) return 'Nothing else was changed; the bake started over.';
  return stands ? `Nothing was changed; the bake stands still ${until}.` : GOES_ON;
}

function driftDone(rollout: Rollout, down: boolean): string {
  if (down)
    return rollout.phase === 'held'
      ? 'It is left where it was found; the rollout is held.'
      : `It was left where it was found; the rollout is ${phaseWord(rollout.phase)} now.`;
  return `It is being lowered to ${exposureWords(rollout.plan, rollout.wanted)} again.`;
}

function raiseFailedDone(rollout: Rollout): string {
  const now = rollout.phase === 'held' ? 'held' : `${phaseWord(rollout.phase)} now`;
  return `${capitalUsers(rollout)}; the targets are put back there. The rollout is ${now}.`;
}

function usersKeep({ plan, confirmed }: Rollout): string {
  return `users keep ${exposureWords(plan, confirmed)}`;
}

function capitalUsers(rollout: Rollout): string {
  const words = usersKeep(rollout);
  return `U${words.slice(1)}`;
}

function mayStillRise({ phase }: Rollout): boolean {
  return phase === 'ready' || phase === 'held' || phase === 'awaiting_approval' || phase === 'applying';
}
