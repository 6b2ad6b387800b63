import { expect } from 'vitest';
import { decide, record } from '../../src/rollout/decide.js';
import type { ExposureReading, Watch } from '../../src/rollout/health/assess.js';
import type { Streak } from '../../src/rollout/health/streak.js';
import { readAdvance, readRollback } from '../../src/rollout/moves/orders.js';
import type { Verdict } from '../../src/rollout/plan/verdict.js';
import {
  type Command,
  type CommandAsked,
  type Fact,
  itemsMeant,
  READS_ITEMS,
} from '../../src/rollout/state/commands.js';
import type { Decision } from '../../src/rollout/state/decision.js';
import type { Effect, Message, ShowEffect } from '../../src/rollout/state/effects.js';
import type { Event, EventType, Recorded } from '../../src/rollout/state/events.js';
import { evolveItems, type ItemsRead, itemsToRead } from '../../src/rollout/state/items.js';
import type { Phase, Rollout, RolloutIn } from '../../src/rollout/state/rollout.js';
import { CHECKS, MINUTE, NOON, numberFor, OLGA, type Person, streaksOf } from './fixture.js';

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>;

type Denying = Extract<Command, { type: 'deny' }>;

/** A rollout's story: given what was asked and heard so far, when one more thing happens, then look at `last`. */
export class Story {
  rollout: Rollout;
  readonly events: Recorded[] = [];
  last: Decision;
  now: Date = NOON;
  /** Observed healthy time of the current bake, as the checker would have it. */
  observedMs = 0;
  readonly #started: Decision;

  constructor(started: Decision) {
    this.#started = started;
    if (started.outcome !== 'accepted') throw new Error(`not started: ${JSON.stringify(started)}`);
    this.rollout = started.after;
    this.last = started;
    this.events.push(...started.events);
  }

  /** The same story up to here: what happens in the one from now on does not happen in the other. */
  fork(): Story {
    const other = new Story(this.#started);
    other.events.splice(0, other.events.length, ...this.events);
    return Object.assign(other, { rollout: this.rollout, last: this.last, now: this.now, observedMs: this.observedMs });
  }

  /** The rollout, which is in this phase. */
  rolloutIn<P extends Phase>(phase: P): RolloutIn<P> {
    if (!isIn(this.rollout, phase)) throw new Error(`it is ${this.rollout.phase}, not ${phase}`);
    return this.rollout;
  }

  /** A person asks. `holders` is who could approve, where that was looked up. */
  asks(person: Person, command: Command, holders?: CommandAsked['holders']): this {
    const asked: CommandAsked = { command, ...person, ...(holders === undefined ? {} : { holders }) };
    const known = { now: this.now, watch: this.#watch() };
    return this.#then(this.#alike(command, (items) => decide(this.rollout, asked, { ...known, items })));
  }

  /** The world answers, or the clock notices. */
  hears(fact: Fact): this {
    const known = { now: this.now, watch: this.#watch() };
    if (!READS_ITEMS[fact.type]) return this.#then(record(this.rollout, fact, known));
    return this.#then(this.#alike(fact, (items) => record(this.rollout, fact, { ...known, items })));
  }

  waits(ms: number): this {
    this.now = new Date(this.now.getTime() + ms);
    return this;
  }

  /** The targets read `anchor`, every check passes save those named. */
  rehearsed(anchor = 0, verdicts: Readonly<Record<string, Verdict>> = {}): this {
    const reading: ExposureReading = { exposure: anchor, partial: false, detail: `${anchor} %` };
    const checks = CHECKS.map(({ name }) => {
      const verdict = verdicts[name] ?? 'pass';
      if (verdict === 'unknown') return [name, { unknown: 'timeout', detail: 'timed out', tookMs: 3_000 }] as const;
      return [name, { value: numberFor(name, verdict), tookMs: 5 }] as const;
    });
    return this.hears({
      type: 'rehearsed',
      exposures: [{ target: 'flag', reading }],
      checks: Object.fromEntries(checks),
    });
  }

  /** One round of checks. The targets read what is wanted unless told otherwise. */
  assessed(verdicts: Readonly<Record<string, Verdict>> = {}, more: Partial<Extract<Fact, { type: 'assessed' }>> = {}) {
    const {
      exposure: { movedSeq, wanted },
      stage: { no: stageNo, attempt },
    } = this.rollout;
    const target: ExposureReading = { exposure: wanted, partial: false, detail: `${wanted} %` };
    const base = { movedSeq, stageNo, attempt, observedMs: this.observedMs, target };
    return this.hears({ type: 'assessed', ...base, streaks: streaksOf(verdicts), ...more });
  }

  /** A round of checks in which the targets read something else. */
  reads(exposure: number, more: { partial?: boolean; movedSeq?: number } = {}): this {
    const { partial = false, movedSeq = this.rollout.exposure.movedSeq } = more;
    return this.assessed({}, { movedSeq, target: { exposure, partial, detail: `${exposure} %` } });
  }

  raised(): this {
    return this.hears({
      type: 'raised',
      movedSeq: this.rollout.exposure.movedSeq,
      exposure: this.rollout.exposure.wanted,
    });
  }

  raiseChecked(streaks: Readonly<Record<string, Streak>>): this {
    return this.hears({ type: 'raise_checked', movedSeq: this.rollout.exposure.movedSeq, streaks });
  }

  lowered(): this {
    return this.hears({
      type: 'lowered',
      movedSeq: this.rollout.exposure.movedSeq,
      exposure: this.rollout.exposure.wanted,
    });
  }

  settleRead(exposure: number, last = false): this {
    return this.hears({ type: 'settle_read', movedSeq: this.rollout.exposure.movedSeq, exposure, last });
  }

  /** Its time has come. `approvable`: whether those who hold the roles now could grant the open request. */
  woke(approvable?: boolean | null): this {
    return this.hears(approvable === undefined ? { type: 'woke' } : { type: 'woke', approvable });
  }

  baked(): this {
    this.observedMs = 30 * MINUTE;
    this.waits(30 * MINUTE).assessed();
    return this;
  }

  advances(person: Person = OLGA, to = ''): this {
    return this.asks(person, { type: 'advance', ...readAdvance(this.rollout.plan, to) });
  }

  /** Asks to go on although the bake is not over. */
  overrides(person: Person = OLGA, reason = 'the fair opens at nine'): this {
    return this.asks(person, { type: 'advance', to: null, reason, override: true });
  }

  approves(person: Person, requestId = this.rollout.request?.id ?? 'none'): this {
    return this.asks(person, { type: 'approve', requestId, messageTs: '1.0' });
  }

  denies(
    person: Person,
    requestId = this.rollout.request?.id ?? 'none',
    { next = null, after = { kind: 'stay' }, reason = 'not today' }: Partial<Denying> = {},
  ): this {
    return this.asks(person, { type: 'deny', requestId, reason, messageTs: '1.0', next, after });
  }

  withdraws(person: Person, requestId = this.rollout.request?.id ?? this.rollout.raise?.request?.id ?? 'none'): this {
    return this.asks(person, { type: 'withdraw', requestId });
  }

  pauses(person: Person = OLGA): this {
    return this.asks(person, { type: 'pause', reason: 'looking' });
  }

  resumes(person: Person = OLGA): this {
    return this.asks(person, { type: 'resume', reason: '' });
  }

  extends(byMs: number): this {
    return this.asks(OLGA, { type: 'extend', byMs, reason: 'quiet night' });
  }

  finishes(): this {
    return this.asks(OLGA, { type: 'finish', reason: 'good enough' });
  }

  rollsBack(to = '', person: Person = OLGA): this {
    return this.asks(person, { type: 'rollback', ...readRollback(this.rollout.plan, to) });
  }

  /** Why the last thing was refused; 'accepted' or 'nothing' when it was not. */
  get answer(): string {
    return this.last.outcome === 'refused' ? this.last.refusal.reason : this.last.outcome;
  }

  /** Event types the last thing added. */
  get added(): EventType[] {
    return this.last.outcome === 'accepted' ? this.last.events.map(({ event }) => event.type) : [];
  }

  /** The effects the last thing asked for, of one kind. */
  effects<K extends Effect['kind']>(kind: K): EffectOf<K>[] {
    const all = this.last.outcome === 'accepted' ? this.last.effects : [];
    return all.filter((effect): effect is EffectOf<K> => effect.kind === kind);
  }

  /** What the last thing showed, by template. */
  shown<T extends Message['template']>(template: T): (ShowEffect & { message: Extract<Message, { template: T }> })[] {
    return this.effects('show').filter(
      (effect): effect is ShowEffect & { message: Extract<Message, { template: T }> } =>
        effect.message.template === template,
    );
  }

  /** The alerts that the last thing showed, a line each, with the slot and the place of their post. */
  get alerts() {
    return this.shown('alert').flatMap(({ slot, message: { post } }) =>
      post.lines.map((line) => ({ slot, place: post.place, ...line })),
    );
  }

  /** What the last thing made of a request, as its card and as the message to who asked say it. */
  get card() {
    return this.shown('approval_request').at(-1)?.message.outcome;
  }

  get told(): { person: string | undefined; outcome: string }[] {
    return this.shown('outcome').map(({ person, message }) => ({ person, outcome: message.outcome.kind }));
  }

  /** The last event of this type in the whole story. */
  event<T extends EventType>(type: T): Extract<Event, { type: T }> {
    const found = this.events.findLast((entry) => entry.event.type === type)?.event;
    if (!found || !isOf(found, type)) throw new Error(`no ${type} happened`);
    return found;
  }

  /** What is known of the items, as the store would have it. */
  get items(): ItemsRead {
    const lists = this.events.flatMap(({ event }) => (event.type === 'started' ? (event.lists ?? []) : []));
    return { lists, items: evolveItems([], this.events) };
  }

  /** Where only some items are read for a decision, it is the same as with all of them. */
  #alike(about: Command | Fact, decideBy: (items: ItemsRead) => Decision): Decision {
    const { items } = this;
    const decision = decideBy(items);
    const refs = itemsMeant(about);
    if (!refs) return decision;
    const wanted = itemsToRead(items.lists, refs);
    const some = items.items.filter(({ ref }) =>
      wanted.some(({ kind, stageNo, no }) => ref.kind === kind && ref.stageNo === stageNo && ref.no === no),
    );
    expect(decideBy({ lists: items.lists, items: some })).toEqual(decision);
    return decision;
  }

  #then(decision: Decision): this {
    this.last = decision;
    if (decision.outcome !== 'accepted') return this;
    if (
      decision.after.stage.attempt !== this.rollout.stage.attempt ||
      decision.after.stage.no !== this.rollout.stage.no
    ) {
      this.observedMs = 0;
    }
    this.rollout = decision.after;
    this.events.push(...decision.events);
    return this;
  }

  #watch(): Watch {
    const {
      id: rolloutId,
      stage: { no: stageNo, attempt },
    } = this.rollout;
    const times = { raisedAt: NOON, nextCheckAt: NOON, lastCheckAt: null };
    return { rolloutId, stageNo, attempt, ...times, observedMs: this.observedMs, stopped: null, streaks: {}, fence: 0 };
  }
}

function isIn<P extends Phase>(rollout: Rollout, phase: P): rollout is RolloutIn<P> {
  return rollout.phase === phase;
}

function isOf<T extends EventType>(event: Event, type: T): event is Extract<Event, { type: T }> {
  return event.type === type;
}
