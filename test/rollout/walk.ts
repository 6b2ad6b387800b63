import fc from 'fast-check';
import type { ExposureReading } from '../../src/rollout/health/assess.js';
import { readAdvance, readRollback } from '../../src/rollout/moves/orders.js';
import { isBots } from '../../src/rollout/plan/lists.js';
import type { Verdict } from '../../src/rollout/plan/verdict.js';
import { readPlace } from '../../src/rollout/spoken/read-place.js';
import type { Command, Fact } from '../../src/rollout/state/commands.js';
import { type ListedItem, rowsOf } from '../../src/rollout/state/items.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import type { Step as StageStep } from '../../src/rollout/state/steps.js';
import { commandOf, ITEM, idOf } from './command-of.js';
import {
  BEA,
  CHECKS,
  holders,
  LARS,
  LENA,
  MINUTE,
  OLGA,
  type Person,
  SAM,
  SECOND,
  SHELL,
  streaksOf,
} from './fixture.js';
import type { Story } from './given.js';

/** One step of a random walk: data only, so that a failing walk is printed and shrunk. */
export type Step =
  /** What would happen next if all went well; without these a walk never gets far. */
  | { readonly kind: 'onward' }
  | { readonly kind: 'wait'; readonly ms: number; readonly approvable: boolean | null }
  /** A check has a bad moment while people decide, and the same is asked again. */
  | { readonly kind: 'ask again' }
  /** Somebody approves and thinks better of it. */
  | { readonly kind: 'waver'; readonly who: number }
  /** Somebody does not want to wait for the bake. */
  | { readonly kind: 'hurry'; readonly who: number }
  | {
      readonly kind: 'ask';
      readonly who: number;
      readonly verb: Command['type'];
      readonly to: string;
      readonly says: string;
      readonly override: boolean;
      /** Who could approve: looked up, not to be had, or not asked for. */
      readonly known: boolean | null;
    }
  | { readonly kind: 'hear'; readonly type: Fact['type']; readonly exposure: number; readonly stale: boolean }
  | { readonly kind: 'assess'; readonly verdict: Verdict; readonly check: number; readonly drift: number | null }
  /** Somebody says something of an item, of whatever list is open, or of the opening before. */
  | {
      readonly kind: 'item';
      readonly who: number;
      readonly verb: 'done' | 'fail' | 'reopen' | 'run' | 'waive';
      readonly at: number;
      readonly old: boolean;
      readonly says: string;
    }
  /** The bot is at one of its items, or says something of the run before. */
  | {
      readonly kind: 'bot';
      readonly act: 'begin' | 'start' | 'end' | 'stale';
      readonly to: 'done' | 'failed' | 'unknown';
      readonly at: number;
      readonly old: boolean;
    };

const PEOPLE: readonly Person[] = [OLGA, LENA, LARS, SAM, BEA, SHELL];
const EXPOSURES = fc.constantFrom(0, 3, 5, 10, 17, 25, 50, 99.5, 100);

export const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('onward' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('wait' as const),
        ms: fc.constantFrom(0, SECOND, 31 * SECOND, 3 * MINUTE, 11 * MINUTE, 241 * MINUTE, 1_441 * MINUTE),
        approvable: fc.constantFrom(true, false, null),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('ask again' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('hurry' as const, 'waver' as const),
        who: fc.nat(PEOPLE.length - 1),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('ask' as const),
        who: fc.nat(PEOPLE.length - 1),
        verb: fc.constantFrom<Command['type'][]>(
          ...(['advance', 'approve', 'deny', 'withdraw', 'withdraw', 'pause'] as const),
          ...(['resume', 'extend', 'finish', 'rollback', 'have'] as const),
        ),
        says: fc.constantFrom('', 'because', 'because'),
        override: fc.boolean(),
        known: fc.constantFrom(true, false, null),
        to: fc.constantFrom('', 'off', 'previous', 'to-10', 'to-50', '5', '17', '100', 'nowhere'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('hear' as const),
        type: fc.constantFrom<Fact['type'][]>(
          ...(['rehearsed', 'rehearsal_failed', 'raise_checked', 'raised', 'raise_failed', 'lowered'] as const),
          ...(['step_started', 'step_ended'] as const),
          ...(['settle_read', 'assessed', 'target_changed', 'post_refused', 'channel_moved', 'woke'] as const),
        ),
        exposure: EXPOSURES,
        stale: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('assess' as const),
        verdict: fc.constantFrom<Verdict[]>('pass', 'warning', 'unknown', 'critical'),
        check: fc.nat(CHECKS.length - 1),
        drift: fc.option(EXPOSURES, { freq: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('item' as const),
        who: fc.nat(PEOPLE.length - 1),
        verb: fc.constantFrom(...(['done', 'done', 'fail', 'reopen', 'run', 'waive'] as const)),
        at: fc.nat(9),
        old: fc.boolean(),
        says: fc.constantFrom('', 'because', 'because'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('bot' as const),
        act: fc.constantFrom('begin' as const, 'start' as const, 'end' as const, 'end' as const, 'stale' as const),
        to: fc.constantFrom('done' as const, 'failed' as const, 'unknown' as const),
        at: fc.nat(9),
        old: fc.boolean(),
      }),
    },
  ),
  { minLength: 4, maxLength: 30 },
);

export function take(story: Story, step: Step): void {
  switch (step.kind) {
    case 'onward':
      onward(story);
      return;
    case 'wait':
      story.waits(step.ms).woke(step.approvable);
      return;
    case 'hurry':
      story.overrides(PEOPLE[step.who]);
      return;
    case 'waver':
      story.approves(PEOPLE[step.who] ?? LENA).withdraws(PEOPLE[step.who] ?? LENA);
      return;
    case 'ask again':
      story.approves(LENA).assessed({ errors: 'unknown' }).assessed().advances();
      return;
    case 'ask':
      story.asks(PEOPLE[step.who] ?? OLGA, commandIn(story, step), holdersOf(step));
      return;
    case 'hear':
      story.hears(factOf(story, step));
      return;
    case 'assess': {
      const name = CHECKS[step.check]?.name ?? 'errors';
      const exposure = step.drift ?? story.rollout.exposure.wanted;
      story.assessed({ [name]: step.verdict }, { target: { exposure, partial: false, detail: `${exposure} %` } });
      return;
    }
    case 'item':
      sayOf(story, step);
      return;
    case 'bot':
      botDoes(story, step);
      return;
    default:
      step satisfies never;
  }
}

/** The bot does what is in hand. */
function ends(story: Story, { ref: item, item: known }: ListedItem, to: 'done' | 'failed' | 'unknown'): void {
  const run = known?.run ?? 1;
  story.hears({ type: 'item_started', item, run }).hears({ type: 'item_ended', item, run, to, note: '' });
}

function botDoes(story: Story, { act, to, at, old }: Extract<Step, { kind: 'bot' }>): void {
  const rows = openItems(story).filter(({ plan }) => isBots(plan.work));
  const row = rows[at % Math.max(1, rows.length)];
  if (!row) return;
  const run = Math.max(1, (row.item?.run ?? 1) - (old ? 1 : 0));
  switch (act) {
    case 'begin':
      story.woke();
      return;
    case 'start':
      story.hears({ type: 'item_started', item: row.ref, run });
      return;
    case 'end':
      story.hears({ type: 'item_ended', item: row.ref, run, to, note: '' });
      return;
    case 'stale':
      story.waits(2 * 3_600_000).hears({ type: 'stale_needed' });
      return;
    default:
      act satisfies never;
  }
}

function sayOf(story: Story, { who, verb, at, old, says }: Extract<Step, { kind: 'item' }>): void {
  const rows = openItems(story);
  const row = rows[at % Math.max(1, rows.length)];
  if (!row) return;
  const item = { ...row.ref, opening: Math.max(1, row.ref.opening - (old ? 1 : 0)) };
  const person = PEOPLE[who] ?? OLGA;
  switch (verb) {
    case 'done':
      story.asks(person, { type: verb, items: [item], note: says });
      return;
    case 'fail':
      story.asks(person, { type: verb, item, how: 'failed', note: says });
      return;
    case 'run':
      story.asks(person, { type: verb, item });
      return;
    case 'reopen':
    case 'waive':
      story.asks(person, { type: verb, item, reason: says });
      return;
    default:
      verb satisfies never;
  }
}

function openItems(story: Story): ListedItem[] {
  return story.rollout.lists.flatMap((list) => (list.state === 'open' ? rowsOf(story.items, list) : []));
}

/** Everything that is open is done, by whoever it needs. */
function doAll(story: Story): void {
  story.woke();
  for (const row of openItems(story)) if (row.state === 'running') ends(story, row, 'done');
  for (const person of [BEA, LENA, SAM]) {
    const items = openItems(story).map(({ ref }) => ref);
    if (items.length > 0) story.asks(person, { type: 'done', items, note: '' });
  }
}

function onward(story: Story): void {
  doAll(story);
  switch (story.rollout.phase) {
    case 'planned':
      story.advances();
      return;
    case 'starting':
      story.rehearsed(0);
      return;
    case 'ready':
      if (story.advances().answer === 'health_not_known') story.assessed();
      return;
    case 'awaiting_approval':
      for (const person of [LENA, SAM, BEA, OLGA]) {
        if (story.rollout.phase === 'awaiting_approval') story.approves(person);
      }
      return;
    case 'applying':
      story.raised();
      return;
    case 'baking':
      story.baked();
      return;
    case 'held':
      story.resumes();
      return;
    case 'rolling_back':
      story.lowered();
      return;
    default:
      story.settleRead(story.rollout.exposure.wanted, true);
  }
}

function holdersOf({ known }: Extract<Step, { kind: 'ask' }>) {
  return known ? holders(OLGA, LENA, LARS, SAM, BEA) : known === null ? null : undefined;
}

function commandIn(story: Story, { verb, to, says, override }: Extract<Step, { kind: 'ask' }>): Command {
  const { plan } = story.rollout;
  if (verb === 'advance') return { type: verb, ...readAdvance(plan, to), reason: says, override };
  if (verb === 'rollback') return { type: verb, ...readRollback(plan, to), reason: says };
  if (verb === 'deny') return { ...commandOf(verb, idOf(story.rollout), says), ...afterwards(story.rollout, to) };
  return commandOf(verb, idOf(story.rollout), says);
}

/** What is asked with a denial: a place is gone back to, no place is a longer bake, or it stays. */
function afterwards({ plan }: Rollout, to: string): Pick<Extract<Command, { type: 'deny' }>, 'next' | 'after'> {
  const read = readPlace(plan, to);
  if (read.kind === 'place') return { next: null, after: { kind: 'lower', to: read.place } };
  return { next: 'sre', after: to === '' ? { kind: 'extend', byMs: MINUTE } : { kind: 'stay' } };
}

function factOf(story: Story, { type, exposure, stale }: Extract<Step, { kind: 'hear' }>): Fact {
  const {
    stage: { no: stageNo, attempt },
  } = story.rollout;
  const movedSeq = story.rollout.exposure.movedSeq - (stale ? 1 : 0);
  const reading: ExposureReading = { exposure, partial: false, detail: `${exposure} %` };
  switch (type) {
    case 'rehearsed':
      return { type, exposures: [{ target: 'flag', reading }], checks: {} };
    case 'rehearsal_failed':
      return { type, reason: 'rehearsal_failed', detail: '' };
    case 'raise_checked':
      return { type, movedSeq, streaks: streaksOf(stale ? {} : { errors: 'warning' }) };
    case 'channel_moved':
      return { type, from: stale ? 'C0' : story.rollout.channelId, to: 'C0MOVED' };
    case 'post_refused':
      return { type, code: 'restricted_action' };
    case 'raised':
      // Said only when it was read back to the point; anything else is tried again or fails.
      return { type, movedSeq, exposure: story.rollout.exposure.wanted };
    case 'late_raise':
      return { type, movedSeq: movedSeq - 1, to: exposure, exposure: stale ? null : exposure };
    case 'raise_failed':
      return { type, movedSeq, reason: 'raise_failed', detail: '' };
    case 'settle_read':
      return { type, movedSeq, exposure, last: stale };
    case 'assessed':
      return { type, movedSeq, stageNo, attempt, streaks: streaksOf(), observedMs: 60 * MINUTE, target: reading };
    case 'target_changed':
      return { type, detail: '' };
    case 'lower_late':
    case 'lower_refused':
      return { type, movedSeq, detail: '' };
    case 'woke':
      return { type };
    case 'step_started':
      return { type, step: stepOf(stageNo + 1) };
    case 'step_ended':
      return { type, step: stepOf(stageNo + 1), way: stale ? 'undo' : 'do', failed: exposure > 20 ? 'exit 1' : null };
    case 'lowered':
      return { type, movedSeq, exposure };
    case 'stale_needed':
      return { type };
    case 'item_started':
      return { type, item: ITEM, run: 1 };
    case 'item_ended':
      return { type, item: ITEM, run: 1, to: stale ? 'failed' : 'done', note: '' };
    default:
      return type satisfies never;
  }
}

function stepOf(stageNo: number): StageStep {
  return { stageNo, attempt: 1, no: 1, name: 'migrate' };
}
