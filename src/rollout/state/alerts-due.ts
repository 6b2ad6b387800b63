/** When people have to hear of alerts that are open, and of which. */
import { later } from '../plan/waits.js';
import { ALERTS, CALL_AGAIN_MS, contactsOf, LASTS_MS } from './audience.js';
import { postsOf, toldKeys } from './evolve-alerts.js';
import { type AlertPost, type Called, type Episode, isTerminal, type Rollout } from './rollout.js';

/** An alert that the channel has to hear of, and from when on. */
export interface DueAlert {
  readonly line: Episode;
  readonly at: Date;
}

/** Every open alert that nobody has and the channel has yet to hear of, or to hear of once more. */
export function dues(rollout: Rollout): DueAlert[] {
  if (isTerminal(rollout.phase)) return [];
  return postsOf(rollout)
    .filter((post) => post.had.length === 0)
    .flatMap((post) => post.lines.filter(({ open }) => open).flatMap((line) => dueOf(rollout, post, line)));
}

function dueOf(rollout: Rollout, post: AlertPost, line: Episode): DueAlert[] {
  if (ALERTS[line.kind].heard === 'at_once') {
    const at = post.owed ? owedFrom(rollout) : null;
    return at ? [{ line, at }] : [];
  }
  if (toldKeys(line).every((key) => rollout.stage.told.includes(key))) return [];
  return [{ line, at: later(lastsFrom(rollout, line), LASTS_MS) }];
}

/** More people have it in a new stage: who is there now is given the same time to take it. */
function lastsFrom({ bake: { startedAt: bakeStartedAt } }: Rollout, { since }: Episode): Date {
  return bakeStartedAt && bakeStartedAt > since ? bakeStartedAt : since;
}

function owedFrom(rollout: Rollout): Date | null {
  const contacts = contactsOf(rollout);
  const last = rollout.alerts.called.filter(({ member }) => contacts.some((one) => one.id === member.id));
  return last.length === 0 ? null : later(latest(last), CALL_AGAIN_MS);
}

function latest(called: readonly Called[]): Date {
  return new Date(Math.max(...called.map(({ at }) => at.getTime())));
}

/** When the clock must look at the alerts of this rollout; null when nothing is to become louder. */
export function nextCallAt(rollout: Rollout): Date | null {
  const times = dues(rollout).map(({ at }) => at.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}
