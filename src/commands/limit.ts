/** How much one person may ask of a process: more is no work of people, and others wait for it. */
import { setTimeout as pause } from 'node:timers/promises';

/** At once, after a while without any. */
export const AT_ONCE = 100;
/** And then so many a second. */
export const PER_SECOND = 2;
/** So many people are remembered; who asks most recently stays. */
const MOST_PEOPLE = 5_000;

/** `say`: the first that is too much, to be told so. `quiet`: too much, and they know. */
export type Allowed = 'yes' | 'say' | 'quiet';

interface Account {
  readonly left: number;
  readonly atMs: number;
  readonly told: boolean;
}

/** Counts requests per person. `nowMs` is monotonic. */
export function createLimit(nowMs: () => number = () => performance.now()): (person: string) => Allowed {
  const accounts = new Map<string, Account>();
  return (person) => {
    const { account, allowed } = charged(accounts.get(person), nowMs());
    // Whoever asked longest ago is forgotten first.
    accounts.delete(person);
    accounts.set(person, account);
    for (const [oldest] of accounts) {
      if (accounts.size <= MOST_PEOPLE) break;
      accounts.delete(oldest);
    }
    return allowed;
  };
}

function charged(before: Account | undefined, atMs: number): { account: Account; allowed: Allowed } {
  const left = before ? Math.min(AT_ONCE, before.left + ((atMs - before.atMs) / 1_000) * PER_SECOND) : AT_ONCE;
  if (left >= 1) return { account: { left: left - 1, atMs, told: false }, allowed: 'yes' };
  return { account: { left, atMs, told: true }, allowed: before?.told ? 'quiet' : 'say' };
}

/** Within what Slack waits for. Whoever sends the next when the last was answered sends one a second. */
const SLOW_MS = 1_000;
/** More would hold too many connections open. */
const MOST_SLOW = 64;
let slow = 0;

/** Before what is too much is acknowledged: a quick answer would only make room for the next. */
export async function slowDown(): Promise<void> {
  if (slow >= MOST_SLOW) return;
  slow += 1;
  await pause(SLOW_MS, undefined, { ref: false });
  slow -= 1;
}
