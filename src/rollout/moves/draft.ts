import { type Actor, sameActor } from '../plan/actor.js';
import type { Reason } from '../plan/reasons.js';
import { RAISE_EXPIRES_MS } from '../plan/waits.js';
import { type Decision, nothing } from '../state/decision.js';
import type { Detail } from '../state/detail.js';
import type { Effect, Message, RequestOutcome, ShowEffect } from '../state/effects.js';
import type { Event, EventOf, Recorded } from '../state/events.js';
import { evolve } from '../state/evolve.js';
import { evolveItems, type ItemsRead } from '../state/items.js';
import type { ListState } from '../state/list-state.js';
import { isListMet, listSlot, listsInTheWay } from '../state/lists.js';
import type { NothingBecause } from '../state/nothing.js';
import { type ApprovalRequest, cardSlot, type Rollout } from '../state/rollout.js';
import { settleAfterMs } from '../state/settling.js';
import { tellOfAlerts } from './alerts.js';
import type { Deciding } from './deciding.js';

/** How long a post about a rollback waits for the read-back before it says "not yet". */
const INCIDENT_WAITS_MS = 2_000;

/** A decision in the making: each event added is summed at once, so later rules see it. */
export class Draft implements Deciding {
  readonly events: Recorded[] = [];
  readonly effects: Effect[] = [];
  readonly before: Rollout;
  readonly now: Date;
  readonly actor: Actor;
  state: Rollout;

  constructor(rollout: Rollout, actor: Actor, now: Date) {
    this.before = rollout;
    this.state = rollout;
    this.actor = actor;
    this.now = now;
  }

  add(event: Event): this {
    const recorded: Recorded = { seq: this.state.seq + 1, at: this.now, actor: this.actor, event };
    this.events.push(recorded);
    this.state = evolve(this.state, recorded);
    return this;
  }

  /** What another draft, begun from where this one is, has decided. */
  take({ state, events, effects }: Draft): this {
    this.events.push(...events);
    this.effects.push(...effects);
    this.state = state;
    return this;
  }

  /** What is known of items, with what this decision has said of them so far. */
  items(read: ItemsRead): ItemsRead {
    return { ...read, items: evolveItems(read.items, this.events) };
  }

  show(slot: string, message: Message, notBefore?: Date): this {
    const effect: ShowEffect = notBefore ? { kind: 'show', slot, message, notBefore } : { kind: 'show', slot, message };
    this.effects.push(effect);
    return this;
  }

  showRequest(request: ApprovalRequest, outcome: Extract<Message, { template: 'approval_request' }>['outcome']): this {
    this.show(cardSlot(request), { template: 'approval_request', request, outcome });
    return outcome.kind === 'open' ? this : this.tellRequester(request, outcome);
  }

  /** Who asked learns how it was decided, unless it was their own doing: the card is edited, and edits wake nobody. */
  private tellRequester(request: ApprovalRequest, outcome: Exclude<RequestOutcome, { kind: 'open' }>): this {
    const { requestedBy } = request;
    if (requestedBy.kind !== 'slack' || sameActor(requestedBy, this.actor)) return this;
    // One message per outcome: granted first and taken back later, the second must be noticed too.
    const slot = `outcome:${request.id}:${outcome.kind}`;
    return this.tell(requestedBy.userId, slot, { template: 'outcome', request, outcome });
  }

  /** Says it to one person, in a direct message. */
  tell(person: string, slot: string, message: Message, notBefore?: Date): this {
    const effect: ShowEffect = { kind: 'show', slot, message, person };
    this.effects.push(notBefore ? { ...effect, notBefore } : effect);
    return this;
  }

  /** What the approvers were shown no longer holds: an open request is closed and its card says why. */
  voidRequest(reason: Reason, detail: Detail | null): this {
    const { request } = this.state;
    if (!request) return this;
    this.add({ type: 'approval_voided', requestId: request.id, reason, detail });
    return this.showRequest(request, { kind: 'void', reason, detail, at: this.now });
  }

  /** Orders the targets up; the raise carries its expiry. */
  raise(
    stageNo: number,
    attempt: number,
    to: number,
    by: Pick<EventOf<'raise_ordered'>, 'requestId' | 'reason' | 'auto'>,
  ): this {
    const notAfter = new Date(this.now.getTime() + RAISE_EXPIRES_MS);
    const from = this.state.exposure.confirmed;
    const { requestId, reason = '', auto } = by;
    this.add({
      type: 'raise_ordered',
      stageNo,
      attempt,
      from,
      to,
      requestId,
      expiresAt: notAfter,
      ...(reason !== '' && { reason }),
      ...(auto && { auto }),
    });
    this.effects.push({ kind: 'raise', to, from, stageNo, attempt, movedSeq: this.state.exposure.movedSeq, notAfter });
    return this;
  }

  /** Orders the targets down to what is wanted now; overtakes everything. */
  lower(): this {
    this.effects.push({ kind: 'lower', to: this.state.exposure.wanted, movedSeq: this.state.exposure.movedSeq });
    return this;
  }

  settleReads(): this {
    const distances = settleAfterMs(this.state.exposure.overtaken, this.now);
    const last = distances.at(-1);
    for (const ms of distances) {
      const notBefore = new Date(this.now.getTime() + ms);
      this.effects.push({ kind: 'read', movedSeq: this.state.exposure.movedSeq, last: ms === last, notBefore });
    }
    return this;
  }

  /** The incident post: at once when the outcome is known, else after a short wait for it. */
  showIncident(outcome: { tookMs: number | null; exposure: number | null; wait: boolean }): this {
    const rollback = this.state.rollback;
    if (!rollback) return this;
    const { tookMs, exposure } = outcome;
    const notBefore = outcome.wait ? new Date(this.now.getTime() + INCIDENT_WAITS_MS) : undefined;
    this.show(`incident:${rollback.no}`, { template: 'incident', rollback, tookMs, exposure }, notBefore);
    const { startedBy } = this.state;
    if (startedBy.kind !== 'slack' || sameActor(startedBy, rollback.cause.by)) return this;
    const message: Message = { template: 'rolled_back', rollback, tookMs, exposure };
    return this.tell(startedBy.userId, `rolled_back:${rollback.no}`, message, notBefore);
  }

  /** The incident once more, where the rollback it tells of was read back: what it says of that has changed. */
  showRollback(): this {
    return this.state.phase === 'rolled_back' ? this.showIncident({ tookMs: null, exposure: null, wait: false }) : this;
  }

  /** The post about a passed bake carries the Advance button exactly while the rollout is ready for it. */
  private showPassedBake(): void {
    const {
      bake: { last: lastBake },
      stage: { no: stageNo, attempt },
      phase,
    } = this.state;
    const passed = this.events.some(({ event }) => event.type === 'bake_passed');
    const turned = passed || (this.before.phase === 'ready') !== (phase === 'ready') || this.wayTurned();
    if (!turned || (passed && phase === 'completed') || lastBake?.stageNo !== stageNo || lastBake.attempt !== attempt)
      return;
    // First: it happened before whatever else this decision has to say, and may not have been posted yet.
    this.effects.unshift({
      kind: 'show',
      slot: `complete:${stageNo}:${attempt}`,
      message: { template: 'stage_complete', ...lastBake },
    });
  }

  /** What is to be done before the next move is done now, or is not any more. */
  private wayTurned(): boolean {
    const isFree = (rollout: Rollout) => listsInTheWay(rollout).every(isListMet);
    return isFree(this.before) !== isFree(this.state);
  }

  /** The card of each list that was opened, closed or changed; and what is asked for shows the rows of those in the way. */
  private showLists(): void {
    const changed = this.state.lists.filter((list, index) => list !== this.before.lists[index] && list.opening > 0);
    for (const card of listCards(changed, this.now)) this.effects.push(card);
    const { request } = this.state;
    const [first] = changed;
    if (!request || !first || this.before.request?.id !== request.id) return;
    const notBefore = first.drawAt && first.drawAt > this.now ? first.drawAt : undefined;
    this.show(cardSlot(request), { template: 'approval_request', request, outcome: { kind: 'open' } }, notBefore);
  }

  /** A granted card offers to withdraw until the move is over; then it is drawn once more. */
  private closeGranted(): void {
    const request = this.before.raise?.request;
    if (!request || this.state.raise) return;
    const slot = cardSlot(request);
    if (this.effects.some((effect) => effect.kind === 'show' && effect.slot === slot)) return;
    this.show(slot, { template: 'approval_request', request, outcome: { kind: 'granted' } });
  }

  /** The same slot is shown once more further on. */
  private isOvertaken(effect: Effect, at: number): boolean {
    return (
      effect.kind === 'show' &&
      this.effects.some(
        (other, i) => i > at && other.kind === 'show' && other.slot === effect.slot && other.person === effect.person,
      )
    );
  }

  done(because: NothingBecause = 'no_change'): Decision {
    if (this.events.length === 0) return nothing(because);
    this.showPassedBake();
    this.closeGranted();
    this.showLists();
    tellOfAlerts(this);
    this.show('live', { template: 'live' });
    const effects = this.effects.filter((effect, at) => !this.isOvertaken(effect, at));
    return { outcome: 'accepted', before: this.before, after: this.state, events: this.events, effects };
  }
}

/** The cards of these lists, at once or when they may be drawn again. */
export function listCards(lists: readonly ListState[], now: Date | null = null): ShowEffect[] {
  return lists.flatMap((list): ShowEffect[] => {
    const { kind, stageNo, opening, drawAt, state } = list;
    if (opening === 0) return [];
    const message = { template: 'list_card', list: { kind, stageNo, opening }, open: state === 'open' } as const;
    const card = { kind: 'show', slot: listSlot(list), message } as const;
    return [now && drawAt && drawAt > now ? { ...card, notBefore: drawAt } : card];
  });
}
