import type { PeopleMemory } from './last-known.js';
import type { Person } from './person.js';

/** So many people are looked up each time, however often it is asked. */
const FEW = 50;
/** Of a crowd, so many in a minute: Slack answers for about 100, and whoever acts is looked up, too. */
const MANY_MS = 60_000;
/** Where there are more, what somebody was within this time counts. It does not for who acts. */
const DAY_MS = 86_400_000;

interface Among {
  /** Whom to ask Slack about now. */
  readonly asked: readonly string[];
  /** Whom not to ask about again, and what they were said to be. */
  readonly spared: readonly { readonly id: string; readonly person: Person }[];
  /** How many are not known and cannot be asked about yet. */
  readonly unjudged: number;
}

/** How many of so many may be looked up now. One for the process: Slack counts its calls, whichever connections it reads by. */
export type CrowdBudget = (wanted: number) => number;

export function createCrowdBudget(): CrowdBudget {
  let window = { since: Number.NEGATIVE_INFINITY, left: FEW };
  return (wanted) => {
    const now = performance.now();
    if (now - window.since >= MANY_MS) window = { since: now, left: FEW };
    const taken = Math.min(wanted, window.left);
    window.left -= taken;
    return taken;
  };
}

/** Says whom of the people who hold roles to look up, so that a group of hundreds does not use up what Slack answers. */
export function createCrowd({ known, freshMs, budget }: { known: PeopleMemory; freshMs: number; budget: CrowdBudget }) {
  return {
    async among(teamId: string, roles: ReadonlyMap<string, readonly string[]>): Promise<Among> {
      const ids = [...roles.keys()];
      if (ids.length <= FEW) return { asked: ids, spared: [], unjudged: 0 };
      const remembered = await known.remembered<Person>(teamId, 'user', ids);
      const ageOf = (id: string) => remembered.get(id)?.ageMs ?? Number.POSITIVE_INFINITY;
      const old = roleByRole(roles).filter((id) => ageOf(id) > freshMs);
      // Those never seen first, then by age; the sort keeps roles mixed among those never seen.
      const inTurn = old.toSorted((one, other) => (ageOf(one) === ageOf(other) ? 0 : ageOf(other) - ageOf(one)));
      const asked = new Set(inTurn.slice(0, budget(inTurn.length)));
      const rest = ids.filter((id) => !asked.has(id));
      const spared = rest.flatMap((id) => {
        const one = remembered.get(id);
        return one && one.ageMs <= DAY_MS ? [{ id, person: one.value }] : [];
      });
      return { asked: [...asked], spared, unjudged: rest.length - spared.length };
    },
  };
}

/** One of each role, then the next of each: a small role is not behind the hundreds of another. */
function roleByRole(roles: ReadonlyMap<string, readonly string[]>): string[] {
  const places = new Map<string, number>();
  const numbered = [...roles].map(([id, held]) => {
    const theirs = held.map((role) => places.get(role) ?? 0);
    for (const role of held) places.set(role, (places.get(role) ?? 0) + 1);
    return { id, place: Math.min(...theirs) };
  });
  return numbered.sort((one, other) => one.place - other.place).map(({ id }) => id);
}
