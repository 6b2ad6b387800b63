import { TARGET_SUBJECT, type Watch } from '../../../rollout/health/assess.js';
import { bakeNeededMs, bakingSince, type Rollout } from '../../../rollout/state/rollout.js';
import { bar, duration, durationParts, escapeText, lasted, NBSP, soon } from '../text.js';
import { checkAt, checkTitle } from './checks.js';
import { lookup } from './lookup.js';
import { unknownWords } from './why-unknown.js';

/** The observed healthy time of the current stage and try, ms. */
function observedMs(rollout: Rollout, watch: Watch | null): number {
  if (rollout.bake.done) return rollout.bake.observedMs;
  const current = watch && watch.stageNo === rollout.stage.no && watch.attempt === rollout.stage.attempt;
  return current ? watch.observedMs : 0;
}

/** `1 h 12 m of 4 h`. */
function bakeProgress(rollout: Rollout, watch: Watch | null): string {
  const needed = bakeNeededMs(rollout);
  const observed = observedMs(rollout, watch);
  return `${duration(isOutwaited(rollout, watch) ? needed : observed)} of ${duration(needed)}`;
}

/** Asked to go on before the bake was over, and it is over by now while people decide. */
export function isOutwaited(rollout: Rollout, watch: Watch | null): boolean {
  return Boolean(rollout.request?.override) && observedMs(rollout, watch) >= bakeNeededMs(rollout);
}

const UNITS = { d: 'day', h: 'hour', m: 'minute', s: 'second' } as const;

/** `4 hours 30 minutes`: in a sentence `30 m` reads as metres. */
export function spelled(ms: number): string {
  return durationParts(ms)
    .map(({ count, unit }) => `${count}${NBSP}${UNITS[unit]}${count === 1 ? '' : 's'}`)
    .join(NBSP);
}

/** How the bake goes, and below why it does not where it stands still; '' before the first stage. */
export function bakeWords(rollout: Rollout, watch: Watch | null, now: Date): string {
  return bakeParts(rollout, watch, now).join('\n');
}

/** The same as one or two sentences without their point. */
export function bakeParts(rollout: Rollout, watch: Watch | null, now: Date): string[] {
  if (rollout.stage.no === 0) return [];
  const progress = bakeProgress(rollout, watch);
  if (rollout.bake.done || isOutwaited(rollout, watch)) return [`${progress} · done`];
  if (!bakingSince(rollout))
    return [`${progress} · stands still while ${rollout.phase === 'held' ? 'paused' : 'this goes on'}`];
  const still = stoppedWords(rollout, watch, now);
  return still === ''
    ? [`${progress} · ends ${soon(bakeEnd(rollout, watch, now), now)}`]
    : [progress, `Bake stands still: ${still}`];
}

/** The bake as `▓▓▓░░░░░░░`, full only when it is over. */
export function bakeBar(rollout: Rollout, watch: Watch | null): string {
  const over = rollout.bake.done || isOutwaited(rollout, watch);
  const needed = bakeNeededMs(rollout);
  return bar(over || needed === 0 ? 1 : observedMs(rollout, watch) / needed, over);
}

/** When the bake ends if it is not interrupted. Counted from the last check, so that it does not creep between edits. */
export function bakeEnd(rollout: Rollout, watch: Watch | null, now: Date): Date {
  const from = watch?.lastCheckAt ?? now;
  const left = Math.max(0, bakeNeededMs(rollout) - observedMs(rollout, watch));
  return new Date(from.getTime() + left);
}

/** `Error rate has had no data for 3 m (timeout)`; '' while the clock runs. */
export function stoppedWords(rollout: Rollout, watch: Watch | null, now: Date): string {
  const stopped = watch?.stopped;
  if (!stopped) return '';
  const since = `for ${lasted(now.getTime() - stopped.since.getTime())}`;
  const why = escapeText(unknownWords(stopped.why), 120);
  if (stopped.subject === TARGET_SUBJECT) return `the targets have not been readable ${since} (${why})`;
  const check = checkAt(rollout, stopped.subject);
  const name = check ? checkTitle(check) : escapeText(stopped.subject, 40);
  if (lookup(watch.streaks, stopped.subject)?.unknownInRow === 0) return `${name} has been beyond its limit ${since}`;
  return `${name} has had no data ${since} (${why})`;
}

/** A bake that starts over would else look as if it lost its time. */
export function restartedWords({ bake: { restarts } }: Rollout): string {
  if (restarts === 0) return '';
  return `Started over ${restarts === 1 ? 'once' : `${restarts} times`}: the plan counts from the last trouble`;
}
