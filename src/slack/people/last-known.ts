import type { Reason } from '../../rollout/plan/reasons.js';
import type { Db } from '../../store/connect.js';
import {
  type RememberedAnswer as Kept,
  type PeopleAsked,
  type PeopleKind,
  type Recalled,
  recallMany,
  recallWithPauses,
  rememberPeople,
} from '../../store/people.js';
import { classify } from '../connection/failures.js';
import { type ReadingMethod, readingOf } from '../connection/reading-errors.js';

/** How long a person waits for Slack before membership counts as unknown. */
const PATIENCE_MS = 1_500;
/** One command asks several times; once Slack was too slow, the rest of it goes by what is known. */
const SLOW_MS = 1_000;

/** Slack says that it is not there: never answered from what was known before. `fix`: what can be done; '' where the name says it. */
export class NotFound extends Error {
  readonly reason: Reason;
  readonly what: string;
  readonly fix: string;
  constructor(what: string, { reason = 'person_not_found', fix = '' }: { reason?: Reason; fix?: string } = {}) {
    super(fix === '' ? what : `${what}; ${fix}`);
    this.reason = reason;
    this.what = what;
    this.fix = fix;
  }
}

/** Slack will not say it before a person has changed something; the message is Slack's code and what to change. */
export class SlackRefuses extends Error {
  readonly code: string;
  readonly fix: string;
  constructor(code: string, fix: string) {
    super(`${code}; ${fix}`);
    this.code = code;
    this.fix = fix;
  }
}

/** Slack was asked too often: not before so many milliseconds. */
export class AskedTooOften extends Error {
  readonly afterMs: number;
  constructor(afterMs: number) {
    super(`Slack asked us to wait ${Math.ceil(afterMs / 1_000)} s`);
    this.afterMs = afterMs;
  }
}

class Slow extends Error {
  constructor() {
    super('Slack did not answer in time');
  }
}

/** What Slack said: `fresh` within the asked age, else the last that was known, for those who may accept it, and why it is old. */
export interface LastKnown<T> {
  readonly value: T;
  readonly fresh: boolean;
  readonly why?: unknown;
}

/** One question to Slack: what about, how old the answer may be, and how it is asked when none is remembered. */
export interface PeopleQuestion<T> {
  readonly teamId: string;
  readonly kind: PeopleKind;
  readonly key: string;
  readonly maxAgeMs: number;
  /** What is called; while Slack wants it left alone it is not. */
  readonly method: ReadingMethod;
  /** How long the answer is waited for; a person's patience when absent. */
  readonly patienceMs?: number;
  ask(): Promise<T>;
}

export interface PeopleMemory {
  /** Answers from the table while fresh; else from Slack, kept for the next; else what was known before. */
  ask<T>(question: PeopleQuestion<T>): Promise<LastKnown<T>>;
  /** What is remembered of these, however old it is; Slack is not asked. */
  remembered<T>(teamId: string, kind: PeopleKind, keys: readonly string[]): Promise<ReadonlyMap<string, Kept<T>>>;
  /** Keeps something Slack said when it was asked something else. */
  remember(teamId: string, kind: PeopleKind, key: string, value: unknown): Promise<void>;
}

export function createLastKnown(db: Db): PeopleMemory {
  let slowUntil = 0;
  const underWay = new Map<string, Promise<unknown>>();
  const recall = recallTogether(db);

  /** Many rollouts name the same groups: asked side by side it is one question, or Slack soon answers none. */
  function askOnce<T>({ teamId, kind, key, ask }: PeopleQuestion<T>): Promise<T> {
    const id = JSON.stringify([teamId, kind, key]);
    const known = underWay.get(id) as Promise<T> | undefined;
    if (known !== undefined) return known;
    // An answer that comes too late for this person is there for the next try.
    const asked = ask()
      .then(async (value) => {
        await rememberPeople(db, teamId, kind, key, value);
        return value;
      })
      .finally(() => underWay.delete(id));
    underWay.set(id, asked);
    return asked;
  }

  async function askWithin<T>(question: PeopleQuestion<T>): Promise<T> {
    const { patienceMs, method } = question;
    try {
      return await within(patienceMs ?? PATIENCE_MS, askOnce(question));
    } catch (error) {
      if (error instanceof Slow && patienceMs === undefined) slowUntil = performance.now() + SLOW_MS;
      // The other processes leave it alone, too, and so does this one after a restart.
      if (error instanceof AskedTooOften)
        await rememberPeople(db, '', 'pause', method, { ms: error.afterMs }).catch(() => undefined);
      throw error;
    }
  }

  return {
    async ask<T>(question: PeopleQuestion<T>) {
      const { teamId, kind, key, maxAgeMs, method } = question;
      const { known: kept, pausedMs } = await recall({ teamId, kind, key, method });
      const known = kept as Kept<T> | null;
      if (known && known.ageMs <= maxAgeMs) return { value: known.value, fresh: true };
      const lastKnown = (why: unknown): LastKnown<T> => {
        if (known) return { value: known.value, fresh: false, why };
        throw why;
      };
      if (pausedMs > 0) return lastKnown(new AskedTooOften(pausedMs));
      if (performance.now() < slowUntil) return lastKnown(new Slow());
      try {
        return { value: await askWithin(question), fresh: true };
      } catch (error) {
        if (error instanceof NotFound) throw error;
        return lastKnown(error);
      }
    },
    remembered: (teamId, kind, keys) => recallMany(db, teamId, kind, keys),
    remember: (teamId, kind, key, value) => rememberPeople(db, teamId, kind, key, value),
  };
}

interface Waiting {
  readonly asked: PeopleAsked;
  readonly resolve: (found: Recalled) => void;
  readonly reject: (error: unknown) => void;
}

/** What is asked in the same turn of the loop is read by one statement: one command asks about many people and groups. */
function recallTogether(db: Db): (asked: PeopleAsked) => Promise<Recalled> {
  let waiting: Waiting[] = [];

  async function read(): Promise<void> {
    const batch = waiting;
    waiting = [];
    try {
      const found = await recallWithPauses(
        db,
        batch.map(({ asked }) => asked),
      );
      for (const [at, { resolve }] of batch.entries()) resolve(found[at] ?? { known: null, pausedMs: 0 });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (asked) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => void read());
      waiting.push({ asked, resolve, reject });
    });
}

/** Asks Slack. Throws `notFound` for what is not there, SlackRefuses, AskedTooOften or TryLater for whatever else it does not say. */
export async function askSlack<T>(method: ReadingMethod, ask: () => Promise<T>, notFound?: () => NotFound): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const failure = classify(error);
    const reading = readingOf(method, failure.code);
    switch (reading.kind) {
      case 'absent':
        throw notFound?.() ?? failure;
      case 'never':
        throw new SlackRefuses(failure.code ?? '', reading.fix);
      case 'later':
        throw failure.rateLimited ? new AskedTooOften(failure.afterMs) : failure;
      default:
        return reading satisfies never;
    }
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Slow()), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
}
