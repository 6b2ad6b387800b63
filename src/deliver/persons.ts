import { type Actor, actorKey } from '../rollout/plan/actor.js';
import { quorumOf, type Rollout } from '../rollout/state/rollout.js';
import { cannotBeReached, classify, type TryLater } from '../slack/connection/failures.js';
import { asCopy } from '../slack/posting/copies.js';
import type { Sender } from '../slack/posting/send.js';
import {
  type Copy,
  claimDirect,
  type DirectRow,
  dueTellings,
  nobodyHeard,
  noteGivenUp,
  orderCopies,
  peopleShown,
  personWasTried,
  sayInThread,
  type Telling,
  tellAgain,
  tellLater,
} from '../store/direct.js';
import { endEffect, retryEffect } from '../store/effects.js';
import { loadRollout } from '../store/rollouts.js';
import { createInHand } from './in-hand.js';
import type { Messages } from './messages.js';
import type { DeliverOptions } from './options.js';

export interface DirectMessages {
  /** Decides who else is shown what the channel shows, or did not take, and shows it to them. How many posts it was about. */
  tell(): Promise<number>;
  /** Shows single people what is due for them. How many messages it began with. */
  pump(): Promise<number>;
}

/** More people than this are not written to about one post. */
const MOST_PEOPLE = 20;
/** Slack did not say who somebody is: asked again after this. */
const ASK_AGAIN_MS = 10_000;
/** About an hour of trying, each wait twice the one before. */
const MOST_TRIES = 20;
const LONGEST_WAIT_MS = 240_000;
const AT_ONCE = 16;

/** Who is to hear of a post; not `certain`: as far as Slack said, and it is asked again. */
interface Hearers {
  readonly people: readonly string[];
  readonly certain: boolean;
}

/** The last way to be heard: whoever reads the log. */
const NOBODY_HEARD = 'neither the channel nor anybody directly could be told';
const NO_COPY: Copy = { kind: 'outside', of: 0, link: null };
const NOBODY: Hearers = { people: [], certain: true };
const UNKNOWN: Hearers = { people: [], certain: false };

/** A message to one person waits for nobody else's, and nothing waits for it: it has its own lane, tries and end. */
export function createDirectMessages(
  options: Pick<DeliverOptions, 'db' | 'worker' | 'directory' | 'log'>,
  { sender, messages }: { sender: Sender; messages: Messages },
): DirectMessages {
  const { db, worker, directory, log } = options;
  const inHand = createInHand(db);

  async function tell(): Promise<number> {
    const due = await dueTellings(db, AT_ONCE);
    await Promise.all(due.map(guarded('telling', tellOne)));
    if (due.length > 0) await pump();
    return due.length;
  }

  async function pump(): Promise<number> {
    const known = inHand.ids();
    const limit = AT_ONCE - known.length;
    if (limit <= 0) return 0;
    const rows = await claimDirect(db, { worker, limit, inHand: known });
    const carryOut = guarded('direct message', (row: DirectRow) => inHand.carryOut(row, () => show(row)));
    await Promise.all(rows.map((row) => carryOut(row).then(pump)));
    return rows.length;
  }

  /** Nothing is lost by an error: the claim or the order is still there, and is taken again in a moment. */
  function guarded<T extends { readonly rolloutId: number }>(what: string, work: (one: T) => Promise<void>) {
    return async (one: T): Promise<void> => {
      try {
        await work(one);
      } catch (error) {
        log.error({ err: error, rolloutId: one.rolloutId, what }, 'effect not carried out');
      }
    };
  }

  async function show(row: DirectRow): Promise<void> {
    const { slot, message, person, copy } = row.effect;
    try {
      const shown = await messages.draw({
        rolloutId: row.rolloutId,
        slot,
        message,
        addressed: row.addressed,
        person,
        effect: copy?.of ?? row.id,
        mayBePosted: () => row.attempts > 1 || personWasTried(db, row),
        failures: row.attempts - 1,
        ...(copy ? { as: (drawn) => asCopy(drawn, copy, drawn.rollout.channelId) } : {}),
      });
      await endEffect(db, row, shown ? 'done' : 'failed', shown ? null : 'no such rollout');
    } catch (error) {
      await notShown(row, classify(error));
    }
  }

  async function notShown(row: DirectRow, failure: TryLater): Promise<void> {
    const over = cannotBeReached(failure) || row.attempts >= MOST_TRIES;
    const { slot, person, copy } = row.effect;
    const { rolloutId } = row;
    log.warn(
      { rolloutId, slot, person, attempt: row.attempts, why: failure.message, over },
      'direct message not shown',
    );
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(failure.afterMs, 1_000) * 2 ** (row.attempts - 1));
    if (over) {
      await noteGivenUp(db, row, failure.message);
      if (!copy) await sayInThread(db, row);
      if (copy?.kind === 'lost' && (await nobodyHeard(db, rolloutId, copy.of))) {
        log.error({ rolloutId, slot, channel: copy.code, why: failure.message }, NOBODY_HEARD);
        // Only the operators are left to hear about an incident.
        if (row.addressed.urgent) await tellAgain(db, copy.of);
      }
      await endEffect(db, row, 'failed', failure.message);
    } else await retryEffect(db, row, failure.rateLimited ? failure.afterMs : waitMs, failure.message);
  }

  async function tellOne(telling: Telling): Promise<void> {
    const { id, rolloutId, effect, shown, lost } = telling;
    // The channel takes posts again, and this one is about to be shown there.
    if (!shown && lost === null) return tellLater(db, id, null);
    const rollout = (await loadRollout(db, rolloutId))?.rollout;
    if (!rollout) return;
    const { people, certain } = await (shown ? approversOutside(rollout, telling) : whoMustHear(rollout, telling));
    if (!certain) log.warn({ rolloutId, slot: effect.slot }, 'not known who else is shown a post, asked again');
    const before = await peopleShown(db, rolloutId, effect.slot);
    const all = [
      ...before,
      ...withinReason(
        telling,
        before.length,
        people.filter((one) => !before.includes(one)),
      ),
    ];
    if (lost !== null && all.length === 0 && certain)
      log.error({ rolloutId, slot: effect.slot, channel: lost }, NOBODY_HEARD);
    const copy =
      all.length === 0
        ? NO_COPY
        : await copyOf(telling, rollout).catch((error: unknown) => {
            log.warn({ err: error, rolloutId, slot: effect.slot }, 'link to a post not known, asked again');
            return null;
          });
    if (copy === null) return tellLater(db, id, ASK_AGAIN_MS);
    await orderCopies(db, { id, people: all, copy, againMs: certain ? null : ASK_AGAIN_MS });
  }

  async function copyOf({ id, effect, lost }: Telling, rollout: Rollout): Promise<Copy> {
    if (lost !== null) return { kind: 'lost', of: id, code: lost };
    return { kind: 'outside', of: id, link: await sender.linkTo(rollout, effect.slot) };
  }

  function withinReason({ rolloutId, effect }: Telling, before: number, people: readonly string[]): readonly string[] {
    const told = people.slice(0, Math.max(0, MOST_PEOPLE - before));
    const untold = people.length - told.length;
    if (untold > 0)
      log.warn({ rolloutId, slot: effect.slot, told: told.length, untold }, 'too many people to write to');
    return told;
  }

  /** Who may approve and does not see the channel. */
  async function approversOutside(rollout: Rollout, { outside, effect }: Telling): Promise<Hearers> {
    if (outside === null) return NOBODY;
    const { message } = effect;
    if (message.template !== 'approval_request')
      throw new Error(`nobody outside the channel can be asked by a message of the template ${message.template}`);
    const roles = quorumOf(rollout, message.request)?.roles ?? [];
    const held = await holdersOf(rollout, roles, message.request.requestedBy);
    if (held === null) return UNKNOWN;
    if (held.length === 0) return NOBODY;
    const members = await directory?.membersOf(rollout.channelId);
    return members ? { people: held.filter((one) => !members.includes(one)), certain: true } : UNKNOWN;
  }

  /**
   * Who hears of a post that the channel did not take: who started; for trouble, and where nobody in Slack started it, the
   * plan's contacts; the operators, where there is nobody else, and of an incident where nobody else could be told.
   */
  async function whoMustHear(rollout: Rollout, { id, mustHear, urgent }: Telling): Promise<Hearers> {
    const { startedBy, plan } = rollout;
    const starter = startedBy.kind === 'slack' ? [startedBy.userId] : [];
    const isUnheard = urgent && (await nobodyHeard(db, rollout.id, id));
    if (mustHear !== 'contacts' && starter.length > 0 && !isUnheard) return { people: starter, certain: true };
    const contacts = await holdersOf(rollout, plan.contact, startedBy);
    const people = [...starter, ...(contacts ?? [])];
    const alone = people.length === 0 || isUnheard;
    if (!alone) return { people, certain: contacts !== null };
    const operators = await holdersOf(rollout, ['operators'], startedBy);
    return {
      people: [...new Set([...people, ...(operators ?? [])])],
      certain: contacts !== null && operators !== null,
    };
  }

  /** The user ids of everybody but this one who holds one of these roles now. Null: Slack does not say. */
  async function holdersOf(rollout: Rollout, roles: readonly string[], but: Actor): Promise<string[] | null> {
    const people = Object.fromEntries(Object.entries(rollout.people).filter(([role]) => roles.includes(role)));
    const found = directory ? await directory.holders(people, rollout.teamId) : [];
    const others = found?.filter(({ key }) => key !== actorKey(but));
    return others?.map(({ userId }) => userId) ?? null;
  }

  return { tell, pump };
}
