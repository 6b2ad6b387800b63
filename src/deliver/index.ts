import type { OnCrashPoint } from '../crash-points.js';
import type { Lane } from '../rollout/state/audience.js';
import type { ShowEffect } from '../rollout/state/effects.js';
import type { Db } from '../store/connect.js';
import { type DueEffects, dueEffectsOf, whatIsDue } from '../store/due.js';
import { claimEffects, type EffectRow } from '../store/effects.js';
import { claimDoubts } from '../store/late-calls.js';
import { claimRedraws } from '../store/messages.js';
import { createWayDown } from '../way-down.js';
import { createInHand, type InHand } from './in-hand.js';
import { createItemLane } from './item-lane.js';
import { createMessages, LIVE } from './messages.js';
import type { DeliverOptions } from './options.js';
import { createDirectMessages } from './persons.js';
import { createStepLane } from './step-lane.js';
import { createTargetLane } from './targets.js';

export interface Deliver {
  /** Carries out effects this process already holds. Resolves when they ended or were given back. */
  run(rows: readonly EffectRow[]): Promise<void>;
  /** Claims what is due (of one rollout, or of all) and carries it out, until nothing is due. `due`: as was just asked. */
  pump(rolloutId?: number, due?: DueEffects): Promise<void>;
  /** While this is under way no message is begun, for a second at most: what may lower users goes first. */
  first<T>(work: () => Promise<T>): Promise<T>;
  /** Claims and carries out lowerings that are due, and nothing else. */
  lowerings(): Promise<void>;
  /** Resolves when nothing is being carried out any more, by whatever began it. */
  idle(): Promise<void>;
  /** Begins no more steps and items. Resolves when those under way have ended. */
  settle(): Promise<void>;
  /** Looks at what Slack did not answer: a post that it made twice, an edit that came late. */
  lookForLate(): Promise<void>;
  /** Draws live messages again whose time has come, if they would show something else. */
  redraw(): Promise<void>;
}

type OrderedLane = Exclude<Lane, 'direct'>;

/** How many effects this process carries out at once; the rest waits in the table, where any process may take it. */
const IN_FLIGHT = 32;
const CLAIM = 16;
/** How many steps at once: they are programs and requests of any length. */
const STEPS = 2;
/** Slots at once that are looked at for what came late. */
const LOOKS = 4;
/** One that could not be drawn is tried again after this; one that was says itself when it is due. */
const REDRAW_AGAIN_MS = 10_000;

/** The one door out: pending effects become calls to targets and messages in Slack. */
export function createDeliver(options: DeliverOptions): Deliver {
  const { db, worker, sender, log } = options;
  const connections: Record<OrderedLane, Db> = { target: options.urgent ?? db, message: db, step: db };
  const crashPoint: OnCrashPoint = options.onCrashPoint ?? (() => undefined);
  const inHand: Record<OrderedLane, InHand> = {
    target: createInHand(connections.target),
    message: createInHand(connections.message),
    step: createInHand(connections.step),
  };
  const current = new Set<Promise<void>>();
  /** Steps and items, which may take long. */
  const underWay = new Set<Promise<void>>();
  const wayDown = createWayDown();
  const messages = sender && createMessages({ ...options, mayBegin: wayDown.free }, sender);
  const targets = createTargetLane({
    ...options,
    db: connections.target,
    run: (rows) => run(rows),
    announce: async (rolloutId) => (messages ? await messages.announce(rolloutId) : null),
  });
  const steps = options.steps && createStepLane({ db, dispatch: options.dispatch, runner: options.steps });
  const { actions, ending = new AbortController().signal } = options;
  const items =
    actions &&
    createItemLane({ db, dispatch: options.dispatch, actions, log, onCrashPoint: crashPoint, signal: ending });
  let begins = true;
  const direct = sender && messages && createDirectMessages(options, { sender, messages });

  async function run(rows: readonly EffectRow[]): Promise<void> {
    await Promise.all(rows.map((row) => carryOut(row)));
  }

  async function carryOut(row: EffectRow): Promise<void> {
    const { lane } = row.addressed;
    const work = inHand[lane === 'direct' ? 'message' : lane]
      .carryOut(row, () => end(row))
      .catch((error: unknown) => {
        log.error({ err: error, rolloutId: row.rolloutId, effect: row.effect.kind }, 'claim not looked up');
      });
    current.add(work);
    await work.finally(() => current.delete(work));
  }

  async function end(row: EffectRow): Promise<void> {
    try {
      const { effect } = row;
      switch (effect.kind) {
        case 'lower':
          return await wayDown.first(() => targets(row, effect));
        case 'rehearse':
        case 'raise':
        case 'read':
          return await targets(row, effect);
        case 'show':
          return messages ? await say(row, effect) : undefined;
        case 'step':
          return await steps?.(row, effect);
        case 'item':
          return await items?.(row, effect);
        default:
          return effect satisfies never;
      }
    } catch (error) {
      // Nothing is lost: the claim is not in hand any more, and is taken again in a moment, here or elsewhere.
      log.error(
        { err: error, rolloutId: row.rolloutId, effect: row.effect.kind, attempt: row.attempts },
        'effect not carried out',
      );
    }
  }

  async function say(row: EffectRow, effect: ShowEffect): Promise<void> {
    await crashPoint('FP13');
    if (!(await messages?.show(row, effect))) await direct?.tell();
  }

  /** How many it began with; resolves when nothing more of what they freed is due. */
  async function pumpLane(lane: Exclude<OrderedLane, 'step'>, rolloutId?: number): Promise<number> {
    const known = inHand[lane].ids();
    const full = IN_FLIGHT <= known.length;
    const limit = full ? CLAIM : Math.min(CLAIM, IN_FLIGHT - known.length);
    const which = rolloutId === undefined ? {} : { rolloutId };
    const rows = await claimEffects(connections[lane], {
      worker,
      lane,
      limit,
      ...which,
      inHand: known,
      urgentOnly: full,
    });
    const more = rows.length === limit && rolloutId === undefined;
    // Each one that ends may have freed the next on its lane, and makes room for others; the slow ones hold up nobody.
    await Promise.all(
      rows.map(async (row) => {
        await carryOut(row);
        await pumpLane(lane, row.rolloutId);
        if (more) await pumpLane(lane);
      }),
    );
    return rows.length;
  }

  /** How many it began with. It waits for the end of none: a step may take longer than anything else may wait. */
  async function beginSteps(): Promise<number> {
    const known = inHand.step.ids();
    if (!begins || known.length >= STEPS) return 0;
    const claim = { worker, lane: 'step', limit: STEPS - known.length, inHand: known } as const;
    const rows = await claimEffects(connections.step, claim);
    for (const row of rows) {
      const rest = carryOut(row).then(beginSteps);
      const ended = rest.then(
        () => undefined,
        (error: unknown) => log.error({ err: error, rolloutId: row.rolloutId }, 'next step not looked for'),
      );
      current.add(ended);
      underWay.add(ended);
      void ended.finally(() => {
        current.delete(ended);
        underWay.delete(ended);
      });
    }
    return rows.length;
  }

  /** How many it began with. */
  async function pumpDue(due: DueEffects, rolloutId?: number): Promise<number> {
    const begun = await Promise.all([
      due.target ? pumpLane('target', rolloutId) : 0,
      due.message && messages ? pumpLane('message', rolloutId) : 0,
      due.direct && direct ? direct.pump() : 0,
      due.step && (steps || items) ? beginSteps() : 0,
      due.tellings && direct ? direct.tell() : 0,
    ]);
    return begun.reduce((sum, one) => sum + one, 0);
  }

  /** Many wake-ups at once ask once. */
  let asking: Promise<DueEffects> | undefined;
  function dueOfAll(): Promise<DueEffects> {
    asking ??= whatIsDue(connections.target, worker).finally(() => {
      asking = undefined;
    });
    return asking;
  }

  return {
    run,
    first: wayDown.first,
    async idle() {
      while (current.size > 0) await Promise.all(current);
    },
    async settle() {
      begins = false;
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async pump(rolloutId, known) {
      let due = known;
      // What the targets answered may have something to say, and what the channel did not take is told to people.
      for (;;) {
        due ??= await (rolloutId === undefined ? dueOfAll() : dueEffectsOf(connections.target, worker, rolloutId));
        if ((await pumpDue(due, rolloutId)) === 0) return;
        due = undefined;
      }
    },
    async lowerings() {
      const known = inHand.target.ids();
      const claim = { worker, lane: 'target', limit: CLAIM, inHand: known, urgentOnly: true } as const;
      await run(await claimEffects(connections.target, claim));
    },
    async lookForLate() {
      if (!sender) return;
      const doubts = await claimDoubts(db, LOOKS);
      await Promise.all(
        doubts.map((doubt) =>
          sender.lookForLate(doubt).catch((error: unknown) => {
            log.warn(
              { err: error, rolloutId: doubt.place.rolloutId, slot: doubt.place.slot },
              'late posts not looked for',
            );
          }),
        ),
      );
    },
    async redraw() {
      if (!messages) return;
      // Nothing is rendered that the budget would not let out.
      const limit = Math.min(CLAIM, (await sender?.redrawsLeft()) ?? 0);
      if (limit === 0) return;
      const ids = await claimRedraws(db, REDRAW_AGAIN_MS, limit);
      await Promise.all(ids.map((rolloutId) => messages.draw({ ...LIVE, rolloutId }).catch(() => false)));
    },
  };
}
