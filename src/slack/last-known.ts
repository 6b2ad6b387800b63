import type { Reason } from '../rollout/reasons.js';
import type { Db } from '../store/connect.js';
import { type PeopleKind, recallPeople, rememberPeople } from '../store/people.js';
import { classify } from './failures.js';

/** How long a person waits for Slack before membership counts as unknown. */
const PATIENCE_MS = 1_500;
/** One command asks several times; once Slack was too slow, the rest of it goes by what is known. */
const SLOW_MS = 1_000;

/** Slack says that it is not there: never answered from what was known before. */
export class NotFound extends Error {
  readonly reason: Reason;
  constructor(name: string, reason: Reason = 'person_not_found') {
    super(name);
    this.reason = reason;
  }
}

class Slow extends Error {
  constructor() {
    super('Slack did not answer in time');
  }
}

/** What Slack said: `fresh` within the asked age, else the last that was known, for those who may accept it. */
export interface LastKnown<T> {
  readonly value: T;
  readonly fresh: boolean;
}

/** One question to Slack: what about, how old the answer may be, and how it is asked when none is remembered. */
export interface Question<T> {
  readonly teamId: string;
  readonly kind: PeopleKind;
  readonly key: string;
  readonly maxAgeMs: number;
  ask(): Promise<T>;
}

export type Known = <T>(question: Question<T>) => Promise<LastKnown<T>>;

/** Answers from the table while fresh; else from Slack, kept for the next; else what was known before. */
export function createLastKnown(db: Db): Known {
  let slowUntil = 0;
  const underWay = new Map<string, Promise<unknown>>();

  /** Many rollouts name the same groups: asked side by side it is one question, or Slack soon answers none. */
  function askOnce<T>({ teamId, kind, key, ask }: Omit<Question<T>, 'maxAgeMs'>): Promise<T> {
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

  return async <T>({ teamId, kind, key, maxAgeMs, ask }: Question<T>) => {
    const cached = await recallPeople<T>(db, teamId, kind, key);
    if (cached && cached.ageMs <= maxAgeMs) return { value: cached.value, fresh: true };
    const lastKnown = (error: unknown): LastKnown<T> => {
      if (cached) return { value: cached.value, fresh: false };
      throw error;
    };
    if (performance.now() < slowUntil) return lastKnown(new Slow());
    try {
      return { value: await within(PATIENCE_MS, askOnce({ teamId, kind, key, ask })), fresh: true };
    } catch (error) {
      if (error instanceof NotFound) throw error;
      if (error instanceof Slow) slowUntil = performance.now() + SLOW_MS;
      return lastKnown(error);
    }
  };
}

/** Asks Slack; `missing` are its codes for what is not there. Throws NotFound for those, else what `classify` makes of it. */
export async function askSlack<T>(
  ask: () => Promise<T>,
  about?: { readonly missing: readonly string[]; readonly notFound: () => NotFound },
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const failure = classify(error);
    if (failure.code && about?.missing.includes(failure.code)) throw about.notFound();
    throw failure;
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
