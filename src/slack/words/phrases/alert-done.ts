/** What the bot did about alerts, and what it did not: told from the state as it is when the post is drawn. */
import type { Watch } from '../../../rollout/health/assess.js';
import { bakingSince, type Episode, type Rollout } from '../../../rollout/state/rollout.js';
import { exposureWords } from './exposure.js';
import { phaseWord } from './stages.js';

/** What becomes of the bake, the least first: what stops it for one alert stops it for all. */
const BAKE = ['goes_on', 'counts_only', 'started_over', 'stands', 'starts_over_and_stands'] as const;
type Bake = (typeof BAKE)[number];

/** Until when something does not go on: while this alert lasts, or until there is data again. */
type Until = 'over' | 'data';

/** Null: nothing bakes. */
type BakeNow = { readonly does: Bake; readonly until: Until } | null;

/** What was done about one alert. */
interface Done {
  /** The rollout is held because of it. */
  readonly held?: boolean;
  /** Sentences of its own about what was done. */
  readonly did?: readonly string[];
  /** Absent: that is not what matters. */
  readonly bake?: BakeNow;
  /** No stage can be raised so long. */
  readonly noRaise?: Until | 'beyond';
  /** What else has to be known. */
  readonly also?: readonly string[];
}

/** Of several alerts, each thing once. */
export function doneWords(rollout: Rollout, watch: Watch | null, episodes: readonly Episode[]): string {
  const all = episodes.map((episode) => doneOf(rollout, watch, episode));
  const did = distinct(all.flatMap((done) => done.did ?? []));
  const held = all.some((done) => done.held) ? [`The rollout is paused; users ${keep(rollout)}.`] : [];
  const bakes = all.flatMap((done) => (done.bake === undefined ? [] : [done.bake]));
  const bake = bakes.length === 0 ? [] : bakeWords(bakes, did.length + held.length > 0);
  return [...did, ...held, ...bake, ...raiseWords(all), ...distinct(all.flatMap((done) => done.also ?? []))].join(' ');
}

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)];
}

/** `more`: something else was done, so that "nothing was changed" would not be so. */
function bakeWords(all: readonly BakeNow[], more: boolean): string[] {
  const known = all.flatMap((bake) => bake ?? []);
  const does = BAKE.findLast((word) => known.some((bake) => bake.does === word));
  if (!does) return more ? [] : ['Nothing was changed.'];
  const nothing = more || does === 'started_over' || does === 'starts_over_and_stands' ? 'Nothing else' : 'Nothing';
  const until = untilWords(known.flatMap((bake) => (bake.does === does ? bake.until : [])));
  return [`${nothing} was changed; the bake ${doesWords(does, until)}.`];
}

function doesWords(does: Bake, until: string): string {
  switch (does) {
    case 'goes_on':
      return 'goes on';
    case 'counts_only':
      return 'counts only time between two numbers within their critical limits';
    case 'started_over':
      return 'started over';
    case 'stands':
      return `stands still ${until}`;
    case 'starts_over_and_stands':
      return `starts over and stands still ${until}`;
    default:
      return does satisfies never;
  }
}

function raiseWords(all: readonly Done[]): string[] {
  const why = all.flatMap((done) => done.noRaise ?? []);
  const until = why.flatMap((one) => (one === 'beyond' ? [] : one));
  if (until.length > 0) return [`No stage can be raised ${untilWords(until)}.`];
  return why.length > 0 ? ['No stage is raised while a number is beyond a critical limit.'] : [];
}

function untilWords(all: readonly Until[]): string {
  const [first, ...others] = distinct(all);
  if (others.length > 0) return 'until all of this is over';
  return first === 'data' ? 'until there is data again' : 'meanwhile';
}

function doneOf(rollout: Rollout, watch: Watch | null, { subject, kind, reason }: Episode): Done {
  const under = rollout.phase === 'rolling_back' ? { did: ['A rollback is under way.'] } : null;
  switch (kind) {
    case 'warning':
      return heldBy(rollout, subject) ?? under ?? { bake: bakeOf(rollout, watch, kind) };
    case 'critical':
      return heldBy(rollout, subject) ?? criticalDone(rollout, watch, subject);
    case 'feared':
      return under ?? fearedDone(rollout);
    case 'no_data':
      if (rollout.held?.cause === 'no_data') return { held: true };
      return under ?? { bake: bakeOf(rollout, watch, kind), ...(waitsToRise(rollout) && { noRaise: 'data' }) };
    case 'drift':
      return { did: [driftDone(rollout, reason === 'drift_down')] };
    case 'raise_failed':
      return raiseFailedDone(rollout);
    default:
      return kind satisfies never;
  }
}

/** A limit of this check asks to hold, and the rollout is held. */
function heldBy(rollout: Rollout, subject: string): Done | null {
  const held = rollout.phase === 'held' && rollout.health.holds.includes(subject);
  return held ? { held, also: ['This limit does not roll it back.'] } : null;
}

/** A critical limit that rolls nothing back: the criterion to go on, or one whose hold somebody went on from. */
function criticalDone(rollout: Rollout, watch: Watch | null, subject: string): Done {
  if (rollout.health.holds.includes(subject))
    return {
      also: [
        'Somebody resumed in spite of it. It pauses again if the number recovers and then breaks this limit once more.',
      ],
    };
  if (rollout.phase === 'rolling_back') return { did: ['A rollback is under way.'] };
  return { bake: bakeOf(rollout, watch, 'critical'), noRaise: 'over' };
}

/** A number is beyond a critical limit that does not count as broken yet. */
function fearedDone(rollout: Rollout): Done {
  if (bakingSince(rollout)) return { bake: { does: 'counts_only', until: 'over' } };
  return { bake: null, ...(waitsToRise(rollout) && { noRaise: 'beyond' }) };
}

/** What became of the bake with it. */
function bakeOf(rollout: Rollout, watch: Watch | null, why: 'warning' | 'critical' | 'no_data'): BakeNow {
  if (!bakingSince(rollout)) return null;
  const stage = rollout.plan.stages[rollout.stage.no - 1];
  const restarts = stage?.restartsOn?.includes(why === 'no_data' ? 'no_data' : 'warning') ?? false;
  // Only a number that may pass is counted.
  const stands = why !== 'warning' || (watch?.stopped ?? null) !== null;
  const until = why === 'no_data' ? 'data' : 'over';
  if (stands) return { does: restarts ? 'starts_over_and_stands' : 'stands', until };
  return { does: restarts ? 'started_over' : 'goes_on', until };
}

function driftDone(rollout: Rollout, down: boolean): string {
  if (down)
    return rollout.phase === 'held'
      ? 'It is left where it was found; the rollout is paused.'
      : `It was left where it was found; the rollout is ${phaseWord(rollout.phase)} now.`;
  return `It is being lowered to ${exposureWords(rollout.plan, rollout.exposure.wanted)} again.`;
}

function raiseFailedDone(rollout: Rollout): Done {
  const now = rollout.phase === 'held' ? 'paused' : `${phaseWord(rollout.phase)} now`;
  return { did: [`Users ${keep(rollout)}; the targets are put back there.`, `The rollout is ${now}.`] };
}

function keep({ plan, exposure: { confirmed } }: Rollout): string {
  return `keep ${exposureWords(plan, confirmed)}`;
}

/** Nothing bakes, and a stage may be asked for or is. */
function waitsToRise(rollout: Rollout): boolean {
  const { phase } = rollout;
  if (bakingSince(rollout)) return false;
  return phase === 'ready' || phase === 'held' || phase === 'awaiting_approval' || phase === 'applying';
}
